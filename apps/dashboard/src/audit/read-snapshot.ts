import type { AlertStore } from "@customerio-router/alerts";
import type { Snapshot, Snapshots } from "@customerio-router/connections";
import type { Subject } from "@customerio-router/reports";

/** How what a request is about stands; undefined when there is none. Of jobs, replays and erasures only what they belong to. */
export async function readSnapshot(
  { snapshots, alerts }: { snapshots: Snapshots; alerts: Pick<AlertStore, "read"> },
  kind: Subject["kind"],
  id: string | undefined,
): Promise<Snapshot | undefined> {
  if (kind === "alerts") {
    const { settings, pause, silences, channels } = await alerts.read();
    return { state: { settings, pause, silences: byId(silences), channels: byId(channels) } };
  }
  if (id === undefined) return undefined;
  if (kind === "source") return snapshots.source(id);
  if (kind === "connection") return snapshots.connection(id);
  const connection = kind === "erasure" ? undefined : await snapshots.connection(id);
  return { id, ...(connection?.name !== undefined && { name: connection.name }), state: {} };
}

function byId(list: readonly { id: string }[]): { [id: string]: unknown } {
  return Object.fromEntries(list.map((each) => [each.id, each]));
}
