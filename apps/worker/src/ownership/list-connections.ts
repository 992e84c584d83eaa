import type { BrokenConnection, Connection, ConnectionStore } from "@customerio-router/connections";

/** Lists the connections. Called every second, so it reads them again only after a change. */
export function listConnections(
  store: Pick<ConnectionStore, "version" | "list" | "listBroken">,
  onBroken: (broken: BrokenConnection) => void,
): () => Promise<Connection[]> {
  let listed: { version: number; connections: Connection[] } | undefined;
  return async () => {
    const version = await store.version();
    if (listed?.version !== version) {
      listed = { version, connections: await store.list() };
      (await store.listBroken()).forEach(onBroken);
    }
    return listed.connections;
  };
}
