/** One hash tag, so that a Redis Cluster keeps them in one slot and a script may touch them all. */
const prefix = "customerio-router:{connections}";

export const connectionKeys = {
  /** Hash: id -> connection as JSON. */
  records: `${prefix}:records`,
  /** Hash: name key -> id. */
  names: `${prefix}:names`,
  /** Hash: SHA-256 of the write key -> id. */
  writeKeys: `${prefix}:write-keys`,
  /** Hash: id -> sealed API key; apart from the records, so that who needs no API key never reads one. */
  apiKeys: `${prefix}:api-keys`,
  /** Counter: one more with every change. */
  version: `${prefix}:version`,
} as const;

/** Pub/sub; each message is `<version> <id>`. */
export const changeChannel = `${prefix}:changed`;
