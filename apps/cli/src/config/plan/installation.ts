import { type AlertStore, createAlertStore, type StoredAlerts } from "@customerio-router/alerts";
import {
  type Connection,
  type ConnectionStore,
  createConnectionStore,
  createRuleStore,
  createSourceStore,
  nameKey,
  type RuleStore,
  type ShownSource,
  type SourceStore,
} from "@customerio-router/connections";
import type { OpenConnections } from "../../connections/open-connections.ts";

/** What is stored, as it was read once, and the stores that change it. */
export type Installation = OpenConnections & {
  sources: SourceStore;
  rules: RuleStore;
  alerts: AlertStore;
  /** Reads API keys for comparison, also where ALLOW_CUSTOM_TRACK_URL no longer allows requests with them. */
  apiKeys: Pick<ConnectionStore, "apiKeyOf">;
  stored: {
    connections: Connection[];
    sources: ShownSource[];
    alerts: StoredAlerts;
  };
};

export async function readInstallation(open: OpenConnections): Promise<Installation> {
  const { redis, secretKey, store } = open;
  const sources = createSourceStore(redis);
  const alerts = createAlertStore({ redis, secretKey });
  return {
    ...open,
    sources,
    alerts,
    rules: createRuleStore({ redis, secretKey }),
    apiKeys: createConnectionStore({ redis, secretKey, allowCustomTrackUrl: true }),
    stored: {
      connections: await store.list(),
      sources: await sources.list(),
      alerts: await alerts.read(),
    },
  };
}

/** Without regard to case. */
export function findByName<Named extends { name: string }>(
  records: readonly Named[],
  name: string,
): Named | undefined {
  return records.find((record) => nameKey(record.name) === nameKey(name));
}

/** Those that no entry of the file names. */
export function unnamed<Named extends { name: string }>(
  records: readonly Named[],
  entries: readonly { name: string }[],
): Named[] {
  return records.filter(({ name }) => findByName(entries, name) === undefined);
}
