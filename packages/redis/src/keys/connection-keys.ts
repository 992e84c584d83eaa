import { keyPrefix } from "./key-prefix.ts";

/** One hash tag, so that a Redis Cluster keeps them in one slot and a script may touch them all. */
const prefix = `${keyPrefix}:{connections}`;

export const connectionKeys = {
  /** Hash: id -> connection as JSON. */
  records: `${prefix}:records`,
  /** Hash: name key -> id. */
  names: `${prefix}:names`,
  /** Hash: SHA-256 of the write key -> id; and the installation's mark. */
  writeKeys: `${prefix}:write-keys`,
  /** Hash: id -> sealed API key; apart from the records, so that who needs no API key never reads one. */
  apiKeys: `${prefix}:api-keys`,
  /** Hash: intake -> what its spool holds of connections that Redis lost. */
  heldMessages: `${prefix}:held-messages`,
  /** Hash: id of such a connection -> id of the one that gets its messages; empty: they are dropped. */
  heldDecisions: `${prefix}:held-decisions`,
  /** Counter: one more with every change. */
  version: `${prefix}:version`,
} as const;

/** Pub/sub; each message is `<version> <id>`. */
export const changeChannel = `${prefix}:changed`;

/** Set once the connection was seen to exist; lost with it when Redis loses its data. */
export function existsKey(connectionId: string): string {
  return `${keyPrefix}:exists:{${connectionId}}`;
}

/** Set to the time when the connection was deleted: nothing more is written for it. */
export function goneKey(connectionId: string): string {
  return `${keyPrefix}:gone:{${connectionId}}`;
}
