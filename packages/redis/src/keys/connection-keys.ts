import { keyPrefix } from "./key-prefix.ts";

/** One hash tag, so that a Redis Cluster keeps them in one slot and a script may touch them all. */
const prefix = `${keyPrefix}:{connections}`;

export const connectionKeys = {
  /** Hash: id -> connection as JSON. */
  records: `${prefix}:records`,
  /** Hash: name key -> id. */
  names: `${prefix}:names`,
  /** Hash: id -> source as JSON; a connection's own source is in its record until somebody edits it. */
  sources: `${prefix}:sources`,
  /** Hash: name key -> id of a source. */
  sourceNames: `${prefix}:source-names`,
  /** Hash: SHA-256 of the write key -> id of its source; and the installation's mark. */
  writeKeys: `${prefix}:write-keys`,
  /** Hash: SHA-256 of the write key -> Unix milliseconds of its last use, 10 s late at most. */
  writeKeyUses: `${prefix}:write-key-uses`,
  /** Hash: id -> sealed API key; apart from the records, so that who needs no API key never reads one. */
  apiKeys: `${prefix}:api-keys`,
  /** Hash: id -> rules as JSON, with their version. */
  rules: `${prefix}:rules`,
  /** Hash: id -> sealed salt of the rules that hash. */
  ruleSalts: `${prefix}:rule-salts`,
  /** Hash: id -> how often conditions failed since the rules were saved, as JSON. */
  ruleFailures: `${prefix}:rule-failures`,
  /** Hash: intake -> what its spool holds of connections that Redis lost. */
  heldMessages: `${prefix}:held-messages`,
  /** Hash: id of such a connection -> id of the one that gets its messages; empty: they are dropped. */
  heldDecisions: `${prefix}:held-decisions`,
  /** The format of the data; absent where the first versions wrote it. */
  format: `${prefix}:format`,
  /** Counter: one more with every change. */
  version: `${prefix}:version`,
} as const;

/** Pub/sub; each message is `<version> <id>`, the id that of a connection, or empty where a source has changed. */
export const changeChannel = `${prefix}:changed`;

/** Set once the connection was seen to exist; lost with it when Redis loses its data. */
export function existsKey(connectionId: string): string {
  return `${keyPrefix}:exists:{${connectionId}}`;
}

/** Set to the time when the connection was deleted: nothing more is written for it. */
export function goneKey(connectionId: string): string {
  return `${keyPrefix}:gone:{${connectionId}}`;
}
