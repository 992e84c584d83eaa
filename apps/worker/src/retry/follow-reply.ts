import type { Reply } from "@customerio-router/customerio";
import type { Rejection } from "@customerio-router/messages";
import type { Attempt } from "@customerio-router/reports";
import type { Order } from "../delivery/order.ts";
import type { PendingOperation } from "../delivery/pending.ts";
import type { Batch } from "../delivery/send/batch.ts";
import type { Backoff } from "./backoff.ts";
import { type Decision, decide } from "./decision.ts";
import { createRejectionStreak } from "./rejection-streak.ts";
import type { Resting } from "./resting.ts";
import type { Suspects } from "./suspects.ts";

const maxAttemptsRemembered = 10;

/** What happened to one request, for the log and the metrics. */
export type Delivery = {
  batch: Batch;
  reply: Reply;
  decision: Decision;
  /** Until the next request may go. */
  pauseMs: number;
};

/** Carries out the decision about a reply: settles, retries, rests or pauses. */
export type ReplyFollower = (batch: Batch, reply: Reply, round: number) => Promise<void>;

export function createReplyFollower(options: {
  order: Pick<Order, "putBack" | "settle">;
  backoff: Backoff;
  suspects: Suspects;
  resting: Resting;
  /** How often an operation may be answered 500 before it is rejected. */
  attempts: () => number;
  /** Writes the outcomes, then releases the operations that waited for these. */
  onSettled: (operations: PendingOperation[], rejected: ReadonlyMap<number, Rejection>) => Promise<void>;
  /** Called with each reply and the decision about it. */
  onDelivery: (delivery: Delivery) => void;
}): ReplyFollower {
  const { order, backoff, suspects, resting } = options;
  const streak = createRejectionStreak();

  /** Everything is rejected: the connection needs attention, and its messages are kept. */
  function judge(decision: Decision, count: number): Decision {
    const isRejection =
      decision.kind === "halved" || (decision.kind === "settled" && decision.rejected.size === count);
    if (!isRejection || !streak.isBroken) return decision;
    return { kind: "needs-attention", why: allRejected };
  }

  async function follow(decision: Decision, operations: PendingOperation[], round: number): Promise<void> {
    switch (decision.kind) {
      case "settled":
        if (decision.rejected.size < operations.length) streak.accept();
        else streak.reject(operations.length);
        suspects.accept();
        backoff.succeeded(round);
        return await options.onSettled(operations, decision.rejected);
      case "halved":
        backoff.succeeded(round);
        suspects.halve(operations);
        return putBack(operations);
      case "failed":
      case "deferred":
        if (backoff.isOutdated(round)) return putBack(operations);
        return await fail(decision, operations, round);
      case "needs-attention":
        backoff.needsAttention(round);
        return putBack(operations);
    }
  }

  /** The cause may be an outage, which must reject nothing, or one operation that makes its request fail. */
  async function fail(
    decision: Extract<Decision, { kind: "failed" | "deferred" }>,
    operations: PendingOperation[],
    round: number,
  ): Promise<void> {
    const counts = decision.kind === "failed";
    const { othersPass, standAside, times } = suspects.fail(operations, counts);
    const [first] = operations as [PendingOperation];
    if (counts && operations.length === 1 && first.tries.counted >= options.attempts()) {
      const message = `${decision.why} to this message ${first.tries.counted} times, while it accepted others`;
      return await options.onSettled(operations, new Map([[0, { reason: "failed-at-customerio", message }]]));
    }
    if (counts && !othersPass) backoff.stumbled(round);
    if (!counts && (!othersPass || decision.isBusy)) backoff.failed(round, decision.retryAfterMs);
    // The culprit's neighbours wait with it until it is found.
    if (standAside)
      resting.add(stillInHand(operations), backoff.waitMs(), operations.length === 1 ? times : 0);
    else putBack(operations);
  }

  function putBack(operations: PendingOperation[]): void {
    stillInHand(operations).forEach(order.putBack);
  }

  /** Operations whose job left the hand are dropped and released. */
  function stillInHand(operations: PendingOperation[]): PendingOperation[] {
    return operations.filter((operation) => {
      const { inHand } = operation.message.job;
      if (!inHand) order.settle(operation);
      return inHand;
    });
  }

  return async (batch, reply, round) => {
    const { operations } = batch;
    const decision = judge(decide(reply, operations.length), operations.length);
    rememberAttempt(operations, reply, decision);
    const followed = follow(decision, operations, round);
    options.onDelivery({ batch, reply, decision, pauseMs: backoff.waitMs() });
    await followed;
  };
}

function rememberAttempt(
  operations: PendingOperation[],
  { status, durationMs }: Reply,
  decision: Decision,
): void {
  const attempt: Attempt = {
    atMs: Date.now(),
    durationMs: Math.round(durationMs),
    ...(status !== undefined && { status }),
    decision: decision.kind,
    ...("why" in decision && { why: decision.why }),
  };
  for (const { tries } of operations) {
    tries.requests += 1;
    tries.attempts.push(attempt);
    if (tries.attempts.length > maxAttemptsRemembered) tries.attempts.shift();
  }
}

const allRejected =
  "Customer.io rejects every message, and has accepted none in between: check the connection's settings and the workspace";
