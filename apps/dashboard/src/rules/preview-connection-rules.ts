import {
  type ConnectionSettings,
  connectionSettings,
  previewRules,
  type RulesPreview,
  recordedMessages,
} from "@customerio-router/connections";
import { isObject } from "@customerio-router/messages";
import { type RuleProblem, validateRules } from "@customerio-router/rules";
import type { ConnectionsContext } from "../connections/connections-context.ts";
import type { Privacy } from "../privacy/privacy.ts";

type PreviewContext = Pick<ConnectionsContext, "redis" | "store" | "rules" | "archive"> & {
  privacy: Privacy;
};

export type Previewed = { ok: true; preview: RulesPreview } | { ok: false; problems: RuleProblem[] };

/** A page waits for it. */
const budgetMs = 10_000;

/** What `{ rules, settings? }` would have done to the connection's last messages; `undefined` when there is no such connection. */
export async function previewConnectionRules(
  { redis, store, rules, archive, privacy }: PreviewContext,
  connectionId: string,
  input: unknown,
): Promise<Previewed | undefined> {
  const connection = await store.get(connectionId);
  if (!connection) return undefined;
  const { settings, version: _, salt: __, ...rest } = isObject(input) ? input : {};
  const validated = validateRules({ ...rest, version: 0 });
  const read = readSettings(settings, connection.settings);
  const problems = [...(validated.ok ? [] : validated.problems), ...(read.ok ? [] : read.problems)];
  if (!validated.ok || !read.ok) return { ok: false, problems };
  const list = validated.list.rules;
  const { compiled } = await rules.open(connectionId);
  const preview = await previewRules({
    recorded: recordedMessages({ redis, archive: await archive.find(), connectionId }),
    connectionId,
    saved: { settings: connection.settings, rules: compiled },
    tried: { settings: read.settings, rules: await rules.compile(connectionId, list), list },
    budgetMs,
  });
  return { ok: true, preview: maskExamples(preview, privacy) };
}

type ReadSettings = { ok: true; settings: ConnectionSettings } | { ok: false; problems: RuleProblem[] };

function readSettings(input: unknown, saved: ConnectionSettings): ReadSettings {
  if (input === undefined) return { ok: true, settings: saved };
  const parsed = connectionSettings.safeParse(input);
  if (parsed.success) return { ok: true, settings: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }) => ({
    field: ["settings", ...path.map(String)].join("."),
    message,
  }));
  return { ok: false, problems };
}

function maskExamples(preview: RulesPreview, privacy: Privacy): RulesPreview {
  const maskSide = <Side extends { message: unknown; operations: unknown[] }>(side: Side): Side => ({
    ...side,
    message: privacy.mask(side.message),
    operations: side.operations.map(privacy.mask),
  });
  const examples = preview.examples.map(({ before, after, ...more }) => ({
    ...more,
    before: maskSide(before),
    after: maskSide(after),
  }));
  return { ...preview, examples };
}
