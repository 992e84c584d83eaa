/**
 * Every name this project gives to something in Redis. A connection's id stands in braces in each of its
 * keys, so that on a Redis Cluster all keys of a connection share a slot (scripts need that) while
 * connections spread over the slots.
 */
export const queuePrefix = "customerio-router";

/** The BullMQ queue of a connection; its keys are `customerio-router:{id}:…`. */
export function queueName(connectionId: string): string {
  return `{${connectionId}}`;
}

/** The connection whose queue this is. */
export function connectionIdOf(name: string): string {
  return name.slice(1, -1);
}

/** What stands before a job's id in its key; also before BullMQ's names of a queue's lists and sets. */
export function jobKeyPrefix(connectionId: string): string {
  return `${queuePrefix}:${queueName(connectionId)}:`;
}

/** The fencing token of the worker process that owns the connection, for as long as it does. */
export function leaseKey(connectionId: string): string {
  return `${queuePrefix}:lease:{${connectionId}}`;
}

/** The fencing token of the last owner: what earlier ones write late is refused. */
export function fenceKey(connectionId: string): string {
  return `${queuePrefix}:fence:{${connectionId}}`;
}

/** Stands once the connection was seen to exist; lost with the connection when Redis loses its data. */
export function existsKey(connectionId: string): string {
  return `${queuePrefix}:exists:{${connectionId}}`;
}

/** Stands when the connection was deleted, and says when: nothing more is written that belongs to it. */
export function goneKey(connectionId: string): string {
  return `${queuePrefix}:gone:{${connectionId}}`;
}

/** Counts the owners a connection has had. */
export function fencingNumberKey(connectionId: string): string {
  return `${queuePrefix}:tenure:{${connectionId}}`;
}

/** When the last requests to Customer.io were let through. */
export function limiterKey(connectionId: string): string {
  return `${queuePrefix}:limiter:{${connectionId}}`;
}

/** What the owner says about the connection: active, retrying or in need of attention. */
export function statusKey(connectionId: string): string {
  return `${queuePrefix}:status:{${connectionId}}`;
}

/** The messageIds a connection was sent lately: recent, former. */
export function rememberedIdsKeys(connectionId: string): [recent: string, former: string] {
  const key = `${queuePrefix}:ids:{${connectionId}}`;
  return [`${key}:recent`, `${key}:former`];
}

/** What became of a connection's messages. */
export function recordKeys(connectionId: string): { heads: string; bodies: string; meta: string } {
  const key = `${queuePrefix}:records:{${connectionId}}`;
  return { heads: `${key}:heads`, bodies: `${key}:bodies`, meta: `${key}:meta` };
}

/** What was counted of a connection in one hour, counted from 1970. */
export function countsKey(connectionId: string, hour: number): string {
  return `${queuePrefix}:counts:{${connectionId}}:${hour}`;
}

/** The worker processes that are alive, by the time of their last sign of life. */
export const workersKey = `${queuePrefix}:workers`;

/** Says "this connection has something to take" to whoever owns it. */
export const wakeChannel = `${queuePrefix}:wake`;

/** Written to see whether Redis takes writes; ends by itself. */
export const healthKey = `${queuePrefix}:health`;

/** What a process tries Redis's commands on. */
export function probeKey(id: string): string {
  return `${queuePrefix}:probe:{${id}}`;
}

/** Nobody waits for its messages: it shows that publishing and subscribing are allowed. */
export const probeChannel = `${queuePrefix}:probe`;
