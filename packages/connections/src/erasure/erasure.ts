/** An erasure as it was asked for. No personal data. */
export type Erasure = {
  id: string;
  /** ISO 8601. */
  requestedAt: string;
  /** `all`, or the id of a connection. */
  connection: string;
  /** The connections it is carried out in. */
  connections: string[];
  suppress: boolean;
  /** ISO 8601; calls of the person are taken again since. */
  liftedAt?: string;
};

/** The numbers of what was removed in one connection. */
export const removedNames = ["waiting", "failed", "records", "archived"] as const;
export type Removed = { [name in (typeof removedNames)[number]]: number };

/** What has become of an erasure in one connection, as its owner writes it. Times are Unix milliseconds. */
export type ErasurePart = {
  /** The person's keys are known, and on the list from this version on. */
  version?: number;
  /** Whether the archive was searched for them, or is off. */
  searchedArchive: boolean;
  /** How many keys of each kind: `{"id":1,"email":1}`. */
  keys?: { [kind: string]: number };
  /** How many keys on the person's messages other people have too: they are not erased with it. */
  shared?: number;
  sweptAtMs?: number;
  archivedAtMs?: number;
  sentAtMs?: number;
  compactedAtMs?: number;
  doneAtMs?: number;
  /** What is outstanding, by what it is about, as a sentence. */
  problems: { [about: string]: string };
  /** What nobody can reach from here, as sentences. */
  unreachable: string[];
  removed: Removed;
};
