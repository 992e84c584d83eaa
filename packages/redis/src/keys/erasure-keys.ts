import { keyPrefix } from "./key-prefix.ts";

const prefix = `${keyPrefix}:{erasures}`;

export const erasureKeys = {
  /** The sealed key of all hashes and seals below. */
  key: `${prefix}:key`,
  /** Hash: id -> erasure as JSON, without personal data. */
  records: `${prefix}:records`,
  /** Hash: id, or id and connection -> for which connection, and the hashes of the erased people. */
  list: `${prefix}:list`,
  /** Hash: id -> the sealed keys of the person, until it is done. */
  sealed: `${prefix}:sealed`,
  /** Set: ids of the erasures that are not done. */
  open: `${prefix}:open`,
  /** Counter: one more with every change of the list. */
  version: `${prefix}:version`,
  /** Hash: intake -> up to which version of the list its spool is purged, and when it said so. */
  intakes: `${prefix}:intakes`,
} as const;

/** Pub/sub; tells that the list has changed. */
export const erasureChannel = `${prefix}:changed`;

/** What has become of an erasure in one connection. */
export function erasureKey(connectionId: string, id: string): string {
  return `${keyPrefix}:erasure:{${connectionId}}:${id}`;
}
