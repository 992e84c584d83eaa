export const defaultKeyPrefix = "customerio-router";

/**
 * The prefix of all names in Redis: this folder has them all. Each key of a connection has its id in braces, so that
 * on a Redis Cluster one connection's keys share a slot, which scripts need, while connections spread over the slots.
 *
 * Read here, and not in a main.ts, because names are constants: so every name has the prefix, and none can be made before
 * it is known. A main.ts refuses a bad one before anything is written.
 */
export const keyPrefix = process.env.REDIS_PREFIX || defaultKeyPrefix;
