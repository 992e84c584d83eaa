import { goneKey } from "./connection-keys.ts";
import { keyPrefix } from "./key-prefix.ts";
import { type QueueKeys, queueKeys } from "./queue-keys.ts";
import { countsPrefix, ledgerKeys, outboxKeys } from "./report-keys.ts";

/** The fencing token of the worker process that owns the connection, for as long as it does. */
export function leaseKey(connectionId: string): string {
  return `${keyPrefix}:lease:{${connectionId}}`;
}

/** The fencing token of the last owner: late writes of earlier owners are refused. */
export function fenceKey(connectionId: string): string {
  return `${keyPrefix}:fence:{${connectionId}}`;
}

/** Counts the owners a connection has had. */
export function fencingNumberKey(connectionId: string): string {
  return `${keyPrefix}:tenure:{${connectionId}}`;
}

/** When the last requests to Customer.io were let through. */
export function limiterKey(connectionId: string): string {
  return `${keyPrefix}:limiter:{${connectionId}}`;
}

/** The worker processes that are alive, by the time of their last sign of life. */
export const workersKey = `${keyPrefix}:workers`;

/** What a worker process says of itself; expires with its signs of life, in whose slot it is. */
export function workerKey(worker: string): string {
  return `${keyPrefix}:worker:${worker}:{${workersKey}}`;
}

/** Hash: intake process -> when it last said so, and what it says of itself. */
export const intakesKey = `${keyPrefix}:intakes`;

/** The keys an owner works with, made once: settling is the hot path. */
export type OwnerKeys = QueueKeys & {
  lease: string;
  fence: string;
  gone: string;
  /** What the ledger's scripts need: its totals, and the prefix of its counts by minute. */
  ledger: [totals: string, counts: string];
  outbox: [outbox: string, meta: string];
};

export function ownerKeys(connectionId: string): OwnerKeys {
  const { outbox, meta } = outboxKeys(connectionId);
  return {
    ...queueKeys(connectionId),
    lease: leaseKey(connectionId),
    fence: fenceKey(connectionId),
    gone: goneKey(connectionId),
    ledger: [ledgerKeys(connectionId).totals, countsPrefix(connectionId)],
    outbox: [outbox, meta],
  };
}
