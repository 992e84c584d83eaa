import type { EventOperation, MetricOperation } from "@customerio-router/customerio";
import TinyQueue from "tinyqueue";
import type { Order } from "../order.ts";
import type { PendingOperation } from "../pending.ts";
import { createObjectChanges, type ObjectChanges } from "./object-changes.ts";

export type BatchLimits = { batchOperations: number; batchBytes: number };

/** The operations of one request. */
export type Batch = {
  operations: PendingOperation[];
  bytes: number;
  /** Of the span of the request, while traces are on. */
  traceId?: string;
};

/**
 * Whether `next` may share a request with `before`, the one it waits for. Customer.io does not promise to
 * apply a batch in array order: events bear that, for they carry their own time, and so do the pieces of one
 * split identify, and changes that have nothing in common but an object on which they agree; nothing else of a person
 * follows a change, and an end shares with nothing of its person.
 */
function mayShare(before: PendingOperation, next: PendingOperation, changes: ObjectChanges): boolean {
  if (before.message === next.message) return true;
  if (before.effect === "event") return next.effect !== "end";
  if (before.effect !== "change" || next.effect !== "change") return false;
  return next.keys.every((key) => !before.keys.includes(key) || changes.commutes(key, next));
}

/**
 * Removes the next batch from the order: the oldest operations that wait for no other, and behind each of them those
 * that wait only for members of this batch and may share a request with them.
 */
export function formBatch(order: Order, limits: BatchLimits): Batch {
  const operations: PendingOperation[] = [];
  const putAside: PendingOperation[] = [];
  /** Operations that wait only for members of the batch, oldest first. */
  const joining = new TinyQueue<PendingOperation>([], (a, b) => a.sequence - b.sequence);
  const obstaclesInBatch = new Map<PendingOperation, number>();
  const changes = createObjectChanges();
  let bytes = 0;
  let most = limits.batchOperations;

  function take(operation: PendingOperation): void {
    operation.place = "sent";
    operations.push(operation);
    bytes += operation.bytes + 1;
    changes.add(operation);
    most = Math.min(most, operation.tries.groupLimit);
    for (const follower of operation.followers) {
      if (follower.place !== "waiting" || !mayShare(operation, follower, changes)) continue;
      const met = (obstaclesInBatch.get(follower) ?? 0) + 1;
      obstaclesInBatch.set(follower, met);
      if (met === follower.waitsFor) joining.push(follower);
    }
  }

  while (operations.length < most) {
    const ready = order.peek();
    const joiner = joining.peek();
    const fromReady = ready !== undefined && (joiner === undefined || ready.sequence < joiner.sequence);
    const next = fromReady ? ready : joiner;
    if (!next) break;
    if (operations.length > 0 && bytes + next.bytes > limits.batchBytes) break;
    if (fromReady) order.shift();
    else joining.pop();

    const alone = "route" in next.operation;
    if (operations.length > 0 && (alone || next.tries.groupLimit <= operations.length)) {
      // An operation that would have joined keeps waiting; one that was ready must return to the order.
      if (fromReady) putAside.push(next);
      continue;
    }
    take(next);
    if (alone) break;
  }
  for (const operation of putAside) order.putBack(operation);
  return { operations, bytes };
}

/** An event too large for v2 goes by v1, which takes one a request. */
export function eventForV1({ operation }: PendingOperation): EventOperation | undefined {
  return "route" in operation && operation.route === "v1" ? operation : undefined;
}

/** A delivery metric goes by v1 too, one a request, and is in no person's order. */
export function metricForV1({ operation }: PendingOperation): MetricOperation | undefined {
  return operation.type === "delivery" ? operation : undefined;
}
