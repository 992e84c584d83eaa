import { z } from "zod";
import type { ConnectionProblem } from "../connection.ts";
import { describeProblems, onePerField } from "../describe-problems.ts";
import { credential, nameField } from "../validate-connection.ts";
import { type SourceInput, sourceKinds } from "./source.ts";

const maxOrigins = 100;
const maxConnections = 100;

const origin = z
  .string("An origin must be a text.")
  .trim()
  .transform((text, context) => {
    const found = readOrigin(text);
    if (found !== undefined) return found;
    context.addIssue({
      code: "custom",
      message: `An origin is the beginning of a page's address, such as https://shop.example or http://localhost:3000, without a path: ${JSON.stringify(text.slice(0, 100))} is none.`,
    });
    return z.NEVER;
  });

const draft = z
  .strictObject({
    name: nameField,
    kind: z.enum(sourceKinds, 'The kind must be "browser", "server" or "mobile".'),
    origins: z
      .array(origin, "The origins must be a list.")
      .max(maxOrigins, `A source has at most ${maxOrigins} origins.`)
      .default([]),
    connections: z
      .array(z.string("The connections must be a list of ids."), "The connections must be a list of ids.")
      .max(maxConnections, `A source feeds at most ${maxConnections} connections.`)
      .default([]),
    messagesPerSecond: z
      .int("The limit must be a whole number of messages per second, or null.")
      .min(1, "The limit must be at least 1 message per second.")
      .max(1_000_000, "The limit must be at most 1,000,000 messages per second.")
      .nullable()
      .default(null),
    paused: z.boolean("`paused` must be true or false.").default(false),
    writeKey: credential("The write key").optional(),
  })
  .transform((source) => ({
    ...source,
    origins: [...new Set(source.origins)],
    connections: [...new Set(source.connections)],
  }));

type SourceDraft = z.output<typeof draft>;

/** Checks the fields of a source and tells every problem at once, one for each field. */
export function validateSource(
  value: SourceInput,
): { ok: true; draft: SourceDraft } | { ok: false; problems: ConnectionProblem[] } {
  const result = draft.safeParse(value);
  if (!result.success) {
    return { ok: false, problems: onePerField(describeProblems(result.error).map(withoutIndex)) };
  }
  if (result.data.origins.length > 0 && result.data.kind !== "browser") {
    const message = "Only a source of kind browser has origins: servers and apps send none.";
    return { ok: false, problems: [{ field: "origins", message }] };
  }
  return { ok: true, draft: result.data };
}

/** `origins.2` is shown at `origins`. */
function withoutIndex({ field, message }: ConnectionProblem): ConnectionProblem {
  return { field: field.replace(/\.\d+$/, ""), message };
}

/** As a browser sends it, in lower case; undefined for text that is no origin. */
function readOrigin(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { origin: found, protocol, pathname, search, hash, username } = new URL(text);
  const isPlain = pathname === "/" && search === "" && hash === "" && username === "";
  return isPlain && /^https?:$/.test(protocol) ? found : undefined;
}
