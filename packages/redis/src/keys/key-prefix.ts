/**
 * The prefix of all names in Redis; this folder has them all. Each key of a connection has its id in braces, so that
 * on a Redis Cluster one connection's keys share a slot, which scripts need, while connections spread over the slots.
 */
export const keyPrefix = "customerio-router";
