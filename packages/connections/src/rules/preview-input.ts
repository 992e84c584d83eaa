import type { Archive } from "@customerio-router/archive";
import { isObject } from "@customerio-router/messages";
import type { RedisClient } from "@customerio-router/redis";
import { type RuleProblem, validateRules } from "@customerio-router/rules";
import { type ConnectionSettings, connectionSettings } from "../settings/connection-settings.ts";
import type { ConnectionStore } from "../store/connection-store.ts";
import { previewRules, type RulesPreview } from "./preview-rules.ts";
import { recordedMessages } from "./recorded-messages.ts";
import type { RuleStore } from "./rule-store.ts";

type PreviewContext = {
  redis: RedisClient;
  store: Pick<ConnectionStore, "get">;
  rules: Pick<RuleStore, "open" | "compile">;
  /** Has what came before all that Redis has. */
  archive: Pick<Archive, "search"> | undefined;
  /** Stops looking after this long. */
  budgetMs: number;
};

export type Previewed = { ok: true; preview: RulesPreview } | { ok: false; problems: RuleProblem[] };

/** What `{ rules, settings? }` would have done to the connection's last messages; `undefined` when there is no such connection. */
export async function previewInput(
  { redis, store, rules, archive, budgetMs }: PreviewContext,
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
    recorded: recordedMessages({ redis, archive, connectionId }),
    connectionId,
    saved: { settings: connection.settings, rules: compiled },
    tried: { settings: read.settings, rules: await rules.compile(connectionId, list), list },
    budgetMs,
  });
  return { ok: true, preview };
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
