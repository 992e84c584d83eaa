import { isDeepStrictEqual } from "node:util";
import { isPlainUrl } from "@customerio-router/service";
import { z } from "zod";
import type { ConnectionProblem } from "./connection.ts";
import { describeProblems, onePerField } from "./describe-problems.ts";
import { connectionSettings } from "./settings/connection-settings.ts";

const maxNameLength = 100;
const maxKeyLength = 200;

/** What a Basic user name and a header can carry: printable ASCII without blanks; a colon would end the user name. */
export const credential = (label: string) =>
  z
    .string(`${label} is missing.`)
    .trim()
    .min(1, `${label} is blank.`)
    .max(maxKeyLength, `${label} is longer than ${maxKeyLength} characters.`)
    .regex(
      /^[\x21-\x39\x3b-\x7e]*$/,
      `${label} may contain only letters, digits and punctuation other than a colon, without spaces.`,
    );

/** Of a connection or a source. */
export const nameField = z
  .string("The name is missing.")
  .trim()
  .min(1, "The name is blank.")
  .max(maxNameLength, `The name is longer than ${maxNameLength} characters.`)
  .regex(/^\P{Cc}*$/u, "The name contains control characters.");

const draft = z.strictObject({
  name: nameField,
  siteId: credential("The Site ID"),
  apiKey: credential("The API Key").optional(),
  region: z.enum(["us", "eu"], 'The region must be "us" or "eu".'),
  trackUrl: z
    .url({ protocol: /^https?$/, error: "The custom URL must begin with http:// or https://." })
    .refine(isPlainUrl, "The custom URL must not contain a user, a password, `?` or `#`.")
    .transform((url) => url.replace(/\/+$/, ""))
    .optional(),
  writeKey: credential("The write key").optional(),
  settings: connectionSettings.optional(),
});

/** The fields of a connection as they are to be stored; `settings` as given, its defaults checked but not filled in. */
type Draft = Omit<z.output<typeof draft>, "settings"> & {
  settings: z.input<typeof connectionSettings>;
};

type DraftCheck = { ok: true; draft: Draft } | { ok: false; problems: ConnectionProblem[] };

type DraftRules = {
  /** A new connection must come with its API key. */
  apiKeyNeeded: boolean;
  /** False: a custom URL is a problem. */
  customTrackUrlAllowed: boolean;
  /** As the connection has them: those that only another version knows stay. */
  storedSettings?: { [name: string]: unknown };
};

/** Checks the fields of a connection and tells every problem at once, one for each field. */
export function validateDraft(value: unknown, rules: DraftRules): DraftCheck {
  const given = isObject(value) ? value : {};
  const result = draft.safeParse(
    isObject(given.settings)
      ? { ...given, settings: withoutForeign(given.settings, rules.storedSettings) }
      : value,
  );
  const problems = result.success ? [] : describeProblems(result.error);
  if (rules.apiKeyNeeded && given.apiKey === undefined) {
    problems.push({ field: "apiKey", message: "The API Key is missing." });
  }
  if (given.trackUrl !== undefined && !rules.customTrackUrlAllowed) {
    problems.push({
      field: "trackUrl",
      message: "A custom URL is allowed only if the operator sets ALLOW_CUSTOM_TRACK_URL=true.",
    });
  }
  if (given.trackUrl === undefined && looksLikeAppApiKey(given.apiKey)) {
    problems.push({
      field: "apiKey",
      message:
        "This looks like an App API key. Enter the Track API Key: Customer.io shows it beside the Site ID, under Track API Keys in the API credentials.",
    });
  }
  if (!result.success || problems.length > 0) return { ok: false, problems: onePerField(problems) };
  const settings = isObject(given.settings) ? given.settings : {};
  return { ok: true, draft: { ...result.data, settings } };
}

/** Another version, perhaps a newer one that runs beside this one, has stored settings that this one does not know. */
function withoutForeign(
  settings: Record<string, unknown>,
  stored: { [name: string]: unknown } = {},
): Record<string, unknown> {
  const isForeign = (name: string) => !(name in connectionSettings.shape) && name in stored;
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([name, value]) => !(isForeign(name) && isDeepStrictEqual(value, stored[name])),
    ),
  );
}

/** App API keys have 32 hexadecimal digits, Track API keys 20 of them. Source: keys as Customer.io issues them. */
export function looksLikeAppApiKey(apiKey: unknown): boolean {
  return typeof apiKey === "string" && /^[0-9a-f]{32}$/.test(apiKey.trim());
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
