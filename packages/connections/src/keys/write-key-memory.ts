import { ownRoute, type Route } from "../sources/source.ts";

/**
 * SHA-256 of each write key, the id of its source, and the mark of the installation it was last seen in; and where the calls
 * of each source go.
 */
export type KnownSources = {
  writeKeys: [hash: string, sourceId: string, mark?: string][];
  routes: Route[];
  /** One more with every change; undefined in what an earlier version kept. */
  version?: number;
};

/** What Redis said at one moment. */
export type WriteKeyReading = {
  /** Of the installation; undefined when Redis has no connection, and no person removed the last one. */
  mark: string | undefined;
  /** One more with every change. */
  version: number;
  writeKeys: [hash: string, sourceId: string][];
  /** Of all sources; a connection that has no source of its own has a route all the same, to which no write key leads. */
  routes: Route[];
  connectionIds: string[];
};

type WriteKeyMemory = {
  /** Of the last reading. */
  version: number;
  /** By hash: write keys that are in Redis, and those that Redis lost. */
  known: ReadonlyMap<string, { id: string; mark: string }>;
  /** By source: where its calls go, connections that Redis lost included. */
  routes: ReadonlyMap<string, Route>;
  /** Connections that are in Redis. */
  present: ReadonlySet<string>;
  /** Connections that Redis lost. */
  missing: ReadonlySet<string>;
  /** Sources that Redis lost. */
  lost: ReadonlySet<string>;
};

/** Until Redis was read nothing counts as lost. */
export function recallWriteKeys({ writeKeys, routes, version = 0 }: KnownSources): WriteKeyMemory {
  const known = new Map(writeKeys.map(([hash, id, mark = ""]) => [hash, { id, mark }]));
  const byId = new Map(routes.map((route) => [route.id, route]));
  return {
    version,
    known,
    routes: routesOf(known, (id) => byId.get(id) ?? ownRoute(id)),
    present: new Set(),
    missing: new Set(),
    lost: new Set(),
  };
}

/**
 * What is known after a reading. A write key that is gone under the mark it was seen with was removed by a person. One that
 * is gone together with its mark was lost, and stays known; so is what an older copy of Redis does not have yet. So does the former write key of a connection that was made again
 * with another one: senders still have it. One seen before there were marks counts as removed, unless Redis has no mark yet.
 */
export function mergeReading(former: WriteKeyMemory, reading: WriteKeyReading): WriteKeyMemory {
  const { mark, version, writeKeys, connectionIds } = reading;
  const isOlder = version < former.version;
  const present = new Set(connectionIds);
  const stored = new Map(reading.routes.map((route) => [route.id, route]));
  const known = new Map(writeKeys.map(([hash, id]) => [hash, { id, mark: mark ?? "" }]));
  for (const [hash, key] of former.known) {
    // What Redis had lost before, nobody can have removed: a backup may be older than the source.
    const isRemoved =
      mark !== undefined && !isOlder && !former.lost.has(key.id) && (key.mark === mark || key.mark === "");
    if (!known.has(hash) && !isRemoved) known.set(hash, key);
  }
  const isThere = (id: string) => stored.has(id);
  const marks = new Map([...former.known.values()].map((key) => [key.id, key.mark]));
  const routes = routesOf(known, (id) => {
    const before = former.routes.get(id);
    const now = stored.get(id);
    if (now === undefined) return before ?? ownRoute(id);
    const mayBeLost = isOlder || marks.get(id) !== (mark ?? "");
    const lostOnes = (before?.connections ?? []).filter(
      (connection) =>
        !now.connections.includes(connection) &&
        !present.has(connection) &&
        (former.missing.has(connection) || mayBeLost),
    );
    return lostOnes.length === 0 ? now : { ...now, connections: [...now.connections, ...lostOnes] };
  });
  return complete({ version, known, routes, present, isThere });
}

/** Without a connection, and without the sources that fed it alone and are lost too. */
export function forgetConnectionIn(former: WriteKeyMemory, connectionId: string): WriteKeyMemory {
  const routes = new Map(
    [...former.routes].map(([id, route]): [string, Route] => [
      id,
      { ...route, connections: route.connections.filter((one) => one !== connectionId) },
    ]),
  );
  const isOver = (id: string) => former.lost.has(id) && routes.get(id)?.connections.length === 0;
  const known = new Map([...former.known].filter(([, key]) => !isOver(key.id)));
  const isThere = (id: string) => !former.lost.has(id);
  return complete({ version: former.version, known, routes, present: former.present, isThere });
}

function routesOf(known: WriteKeyMemory["known"], find: (id: string) => Route): Map<string, Route> {
  return new Map([...new Set([...known.values()].map(({ id }) => id))].map((id) => [id, find(id)]));
}

function complete({
  version,
  known,
  routes,
  present,
  isThere,
}: Pick<WriteKeyMemory, "version" | "known" | "routes" | "present"> & {
  isThere: (id: string) => boolean;
}): WriteKeyMemory {
  const ids = new Set([...known.values()].map(({ id }) => id));
  const fed = [...ids].flatMap((id) => routes.get(id)?.connections ?? []);
  return {
    version,
    known,
    routes: new Map([...routes].filter(([id]) => ids.has(id))),
    present,
    missing: new Set(fed.filter((id) => !present.has(id))),
    lost: new Set([...ids].filter((id) => !isThere(id))),
  };
}

/** Connections that were lost and made again under another id, fed by the same write key and nothing else by it. */
export function findMoves(former: WriteKeyMemory, latter: WriteKeyMemory): [from: string, to: string][] {
  return [...former.known].flatMap(([hash, { id, mark }]): [string, string][] => {
    const now = latter.known.get(hash);
    const isLost = latter.lost.has(id) || !latter.routes.has(id);
    const wasLost = former.lost.has(id) || now?.mark !== mark;
    if (now === undefined || now.id === id || !isLost || !wasLost) return [];
    const [from, ...othersFrom] = former.routes.get(id)?.connections ?? [];
    const [to, ...othersTo] = latter.routes.get(now.id)?.connections ?? [];
    const isOneToOne = othersFrom.length + othersTo.length === 0;
    if (from === undefined || to === undefined || from === to || !isOneToOne) return [];
    return latter.present.has(from) ? [] : [[from, to]];
  });
}

export function toKnownSources({ version, known, routes }: WriteKeyMemory): KnownSources {
  return {
    version,
    writeKeys: [...known].map(([hash, { id, mark }]) => (mark === "" ? [hash, id] : [hash, id, mark])),
    routes: [...routes.values()],
  };
}
