import type { ConnectionProblem } from "../connection.ts";
import type { ConnectionPart, SourcePart } from "../store/commit.ts";
import type { StoredConnections } from "../store/stored-connections.ts";

type Plan = { sources: SourcePart[]; connections: ConnectionPart[] };

/**
 * How sources and records change so that these sources and no others feed a connection, a new one perhaps; what is left as it
 * is has no part.
 */
export async function planJoins(
  stored: StoredConnections,
  connectionId: string,
  sourceIds: readonly string[],
): Promise<Plan | { ok: false; problems: ConnectionProblem[] }> {
  const wanted = new Set(sourceIds);
  const toChange = [...wanted.symmetricDifference(await feeding(stored, connectionId))];
  const sources: SourcePart[] = [];
  for (const id of toChange) {
    const found = await stored.source(id);
    if (found === undefined) {
      const message = `There is no source with the id ${JSON.stringify(id)}.`;
      return { ok: false, problems: [{ field: "sources", message }] };
    }
    const rest = found.source.connections.filter((one) => one !== connectionId);
    const connections = wanted.has(id) ? [...rest, connectionId] : rest;
    const latter = { ...found.source, connections, updatedAt: new Date().toISOString() };
    sources.push({ former: found.stored, latter });
  }
  return { sources, connections: await leaveRecords(stored, sources) };
}

async function feeding(stored: StoredConnections, connectionId: string): Promise<Set<string>> {
  const { stored: connections, sources } = await stored.all();
  const own = connections.find(({ record }) => record.id === connectionId)?.record.writeKey;
  const joined = sources.filter(({ source }) => source.connections.includes(connectionId));
  return new Set([...joined.map(({ source }) => source.id), ...(own === undefined ? [] : [connectionId])]);
}

/** How the records of connections change whose own sources get records now: the write key leaves them. */
export async function leaveRecords(
  stored: Pick<StoredConnections, "byId">,
  sources: SourcePart[],
): Promise<ConnectionPart[]> {
  const made = sources.flatMap(({ former, latter }) => (former ? [] : (latter?.id ?? [])));
  const parts = made.map(async (id): Promise<ConnectionPart[]> => {
    const former = await stored.byId(id);
    if (former?.record.writeKey === undefined) return [];
    const { writeKey, ...latter } = former.record;
    return [{ former, latter }];
  });
  return (await Promise.all(parts)).flat();
}
