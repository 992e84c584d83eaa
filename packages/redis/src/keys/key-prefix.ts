/**
 * Begins every name this project gives to something in Redis; this folder has them all. A connection's id stands in braces in
 * each of its keys, so that on a Redis Cluster all keys of a connection share a slot (scripts need that) while connections
 * spread over the slots.
 */
export const keyPrefix = "customerio-router";
