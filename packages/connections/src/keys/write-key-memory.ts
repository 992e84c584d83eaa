/** SHA-256 of each write key, the id of its connection, and the mark of the installation it was last seen in. */
export type WriteKeyHashes = [hash: string, connectionId: string, mark?: string][];

/** What Redis said at one moment. */
export type WriteKeyReading = {
  /** Of the installation; undefined when Redis has no connection, and no person removed the last one. */
  mark: string | undefined;
  writeKeys: [hash: string, connectionId: string][];
  connectionIds: string[];
};

type WriteKeyMemory = {
  /** By hash: write keys that are in Redis, and those that Redis lost. */
  known: ReadonlyMap<string, { id: string; mark: string }>;
  /** Connections that are in Redis. */
  present: ReadonlySet<string>;
  /** Connections that Redis lost. */
  missing: ReadonlySet<string>;
};

/** Until Redis was read nothing counts as lost. */
export function recallWriteKeys(formerly: WriteKeyHashes): WriteKeyMemory {
  const known = new Map(formerly.map(([hash, id, mark = ""]) => [hash, { id, mark }]));
  return { known, present: new Set(), missing: new Set() };
}

/**
 * What is known after a reading. A write key that is gone under the mark it was seen with was removed by a person. One that
 * is gone together with its mark was lost, and stays known. So does the former write key of a connection that was made again
 * with another one: senders still have it. One seen before there were marks counts as removed, unless Redis has no mark yet.
 */
export function mergeReading(
  { known: former, missing: lost }: WriteKeyMemory,
  reading: WriteKeyReading,
): WriteKeyMemory {
  const { mark, writeKeys, connectionIds } = reading;
  const known = new Map(writeKeys.map(([hash, id]) => [hash, { id, mark: mark ?? "" }]));
  for (const [hash, key] of former) {
    // What Redis had lost before, nobody can have removed: a backup may be older than the connection.
    const isRemoved = mark !== undefined && !lost.has(key.id) && (key.mark === mark || key.mark === "");
    if (!known.has(hash) && !isRemoved) known.set(hash, key);
  }
  const present = new Set(connectionIds);
  return { known, present, missing: findMissing(known, present) };
}

/** Without the write keys of a connection. */
export function forgetConnectionIn({ known: former, present }: WriteKeyMemory, id: string): WriteKeyMemory {
  const known = new Map([...former].filter(([, key]) => key.id !== id));
  return { known, present, missing: findMissing(known, present) };
}

function findMissing(known: WriteKeyMemory["known"], present: ReadonlySet<string>): Set<string> {
  return new Set([...known.values()].map(({ id }) => id).filter((id) => !present.has(id)));
}

/** Connections that were lost and made again under another id, with the same write key. */
export function findMoves(
  former: WriteKeyMemory,
  { known, present }: WriteKeyMemory,
): [from: string, to: string][] {
  return [...former.known].flatMap(([hash, { id, mark }]): [string, string][] => {
    const now = known.get(hash);
    const isLost = !present.has(id) && (former.missing.has(id) || now?.mark !== mark);
    return now && now.id !== id && isLost ? [[id, now.id]] : [];
  });
}

export function toHashes({ known }: WriteKeyMemory): WriteKeyHashes {
  return [...known].map(([hash, { id, mark }]) => (mark === "" ? [hash, id] : [hash, id, mark]));
}
