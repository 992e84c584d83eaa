import type { Answer, CustomerioClient } from "@customerio-router/customerio";
import type { Attempt, Grant, Rejection } from "@customerio-router/queue";
import type { Backoff } from "./backoff.ts";
import { type Batch, eventForV1, formBatch, metricForV1 } from "./batch.ts";
import { type Decision, decide } from "./decision.ts";
import type { Hand } from "./hand.ts";
import type { PendingOperation } from "./pending.ts";
import { createRejectionStreak } from "./rejection-streak.ts";
import type { RequestLimiter } from "./request-limiter.ts";
import { createResting } from "./resting.ts";
import { createSignal } from "./signal.ts";
import type { Suspects } from "./suspects.ts";

const attemptsRemembered = 10;
/** After the limiter could not be asked. */
const askAgainMs = 1_000;

export type DispatcherSettings = {
  inFlight: number;
  batchOperations: number;
  batchBytes: number;
  lingerMs: number;
  attempts: number;
};

/** What happened to one request, for the log and the metrics. */
export type Delivery = {
  batch: Batch;
  answer: Answer;
  decision: Decision;
  /** Until the next request may go. */
  pauseMs: number;
};

type Request = {
  operations: PendingOperation[];
  round: number;
  abort: AbortController;
  isAnswered: boolean;
  done: Promise<void>;
};

/** Sends what is ready in the line, as fast as the connection may. */
export type Dispatcher = {
  /** Something may have become ready. */
  notify(): void;
  /** The connection was saved: every wait is over. */
  restart(): void;
  /** Lets these operations, just added in the place `resting`, wait until others have had their turn. */
  standAside(operations: PendingOperation[]): void;
  /** Sends nothing more until `resume`. What is in flight goes on. */
  hold(): void;
  resume(): void;
  /** Gives up what is in flight after so long: its answer counts if it comes before. */
  giveUpAfter(ms: number): void;
  /** Ends for good. Resolves when nothing is in flight; what is after so long is given up. */
  stop(finishMs: number): Promise<void>;
};

export function createDispatcher(options: {
  hand: Hand;
  backoff: Backoff;
  suspects: Suspects;
  limiter: RequestLimiter;
  client: () => CustomerioClient;
  settings: () => DispatcherSettings;
  /** False once somebody else may own the connection. */
  mayGo: () => boolean;
  /** Writes the outcomes down and lets the next in line go. */
  onSettled: (operations: PendingOperation[], rejected: ReadonlyMap<number, Rejection>) => Promise<void>;
  /** Called with each answer, once it is clear what follows from it. */
  onDelivery: (delivery: Delivery) => void;
  /** Nothing of a request is in flight any more. */
  onDone: () => void;
  /** The limiter could not be asked, or an outcome not be followed. */
  onError: (error: unknown) => void;
}): Dispatcher {
  const { hand, backoff, suspects, limiter } = options;
  const { order } = hand;
  const changed = createSignal();
  const streak = createRejectionStreak();
  const resting = createResting(order);
  const requests = new Set<Request>();
  let limitedUntilMs = 0;
  let held = false;
  let stopped = false;

  /** Milliseconds until the next batch is to be formed. */
  function untilNextMs(): number {
    const foremost = order.peek();
    const { batchOperations, lingerMs } = options.settings();
    if (held || slotsLeft() <= 0) return Number.POSITIVE_INFINITY;
    if (!foremost) return resting.untilNextMs();
    if (!options.mayGo()) return askAgainMs;
    const pauseMs = Math.max(backoff.waitMs(), limitedUntilMs - performance.now());
    if (pauseMs > 0) return pauseMs;
    if (order.readyCount >= batchOperations) return 0;
    return Math.max(0, foremost.takenAtMs + lingerMs - performance.now());
  }

  /** How many more requests may be in flight. */
  function slotsLeft(): number {
    let open = 0;
    for (const { isAnswered } of requests) if (!isAnswered) open += 1;
    return (backoff.probing ? 1 : options.settings().inFlight) - open;
  }

  /** Requests that are due: as many as would be full, or one. */
  function requestsDue(): number {
    const full = Math.floor(order.readyCount / options.settings().batchOperations);
    return Math.min(Math.max(full, 1), slotsLeft());
  }

  async function run(): Promise<void> {
    while (!stopped) {
      resting.wake();
      const waitMs = untilNextMs();
      if (waitMs > 0) {
        await changed.wait(Math.min(waitMs, resting.untilNextMs()));
        continue;
      }
      const grant = await limiter.ask(requestsDue()).catch(standStill);
      if (grant.requests === 0) limitedUntilMs = performance.now() + grant.waitMs;
      else sendSome(grant.requests);
    }
  }

  function standStill(error: unknown): Grant {
    options.onError(error);
    return { requests: 0, waitMs: askAgainMs };
  }

  function sendSome(granted: number): void {
    for (let left = granted; left > 0; left--) {
      // What came while the limiter was asked may have begun a pause.
      if (stopped || held || !options.mayGo() || backoff.waitMs() > 0 || slotsLeft() <= 0) return;
      const batch = formBatch(order, options.settings());
      if (batch.operations.length === 0) return;
      limiter.count(1);
      send(batch);
    }
  }

  function send(batch: Batch): void {
    const { operations } = batch;
    for (const { message } of operations) message.job.inFlight += 1;
    const request: Request = {
      operations,
      round: backoff.round,
      abort: new AbortController(),
      isAnswered: false,
      done: Promise.resolve(),
    };
    requests.add(request);
    request.done = carry(batch, request)
      .catch(options.onError)
      .finally(() => {
        for (const { message } of operations) message.job.inFlight -= 1;
        requests.delete(request);
        changed.notify();
        options.onDone();
      });
  }

  async function carry(batch: Batch, request: Request): Promise<void> {
    const { operations, round } = request;
    const answer = await post(batch, request.abort.signal);
    request.isAnswered = true;
    // Another owner decides what becomes of them.
    if (!options.mayGo()) return;
    const decision = judge(decide(answer, operations.length), operations.length);
    remember(operations, answer, decision);
    const followed = follow(decision, operations, round);
    options.onDelivery({ batch, answer, decision, pauseMs: backoff.waitMs() });
    await followed;
  }

  function post({ operations }: Batch, signal: AbortSignal): Promise<Answer> {
    const [first] = operations;
    const event = first && eventForV1(first);
    if (event) return options.client().sendEvent(event, signal);
    const metric = first && metricForV1(first);
    if (metric) return options.client().sendMetric(metric, signal);
    return options.client().sendBatch(
      operations.map(({ json }) => json),
      signal,
    );
  }

  /** Where everything is rejected, a person has to look at the connection, and messages are kept meanwhile. */
  function judge(decision: Decision, count: number): Decision {
    const isRejection =
      decision.kind === "halved" || (decision.kind === "settled" && decision.rejected.size === count);
    if (!isRejection || !streak.isBroken) return decision;
    return { kind: "needs-attention", why: allRejected };
  }

  function remember(
    operations: PendingOperation[],
    { status, durationMs }: Answer,
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
      if (tries.attempts.length > attemptsRemembered) tries.attempts.shift();
    }
  }

  async function follow(decision: Decision, operations: PendingOperation[], round: number): Promise<void> {
    switch (decision.kind) {
      case "settled":
        if (decision.rejected.size < operations.length) streak.accept();
        else streak.reject(operations.length);
        suspects.accept();
        backoff.succeeded(round);
        changed.notify();
        return await options.onSettled(operations, decision.rejected);
      case "halved":
        backoff.succeeded(round);
        suspects.halve(operations);
        return putBack(operations);
      case "failed":
      case "deferred":
        return await fail(decision, operations, round);
      case "needs-attention":
        backoff.needsAttention(round);
        return putBack(operations);
    }
  }

  /** What follows may be the fault of an outage, which must reject nobody, or of an operation that Customer.io cannot bear. */
  async function fail(
    decision: Extract<Decision, { kind: "failed" | "deferred" }>,
    operations: PendingOperation[],
    round: number,
  ): Promise<void> {
    const counts = decision.kind === "failed";
    const { othersPass, standAside, times } = suspects.fail(operations, counts);
    const [first] = operations as [PendingOperation];
    if (counts && operations.length === 1 && first.tries.counted >= options.settings().attempts) {
      const message = `${decision.why} to this message alone ${first.tries.counted} times, while it took others`;
      return await options.onSettled(operations, new Map([[0, { reason: "failed-at-customerio", message }]]));
    }
    if (counts && !othersPass) backoff.stumbled(round);
    if (!counts && (!othersPass || decision.isBusy)) backoff.failed(round, decision.retryAfterMs);
    // As long as the culprit is not found, its neighbours wait with it.
    if (standAside) rest(operations, operations.length === 1 ? times : 0);
    else putBack(operations);
  }

  function putBack(operations: PendingOperation[]): void {
    stillInHand(operations).forEach(order.putBack);
  }

  function rest(operations: PendingOperation[], times: number): void {
    resting.add(stillInHand(operations), backoff.waitMs(), times);
    changed.notify();
  }

  /** Those whose job has left the hand meanwhile go no further, and hold nobody back any more. */
  function stillInHand(operations: PendingOperation[]): PendingOperation[] {
    return operations.filter((operation) => {
      const { inHand } = operation.message.job;
      if (!inHand) order.settle(operation);
      return inHand;
    });
  }

  void run();

  return {
    notify: () => changed.notify(),
    restart() {
      limitedUntilMs = 0;
      resting.wake(Number.POSITIVE_INFINITY);
      changed.notify();
    },
    standAside: (operations) => rest(operations, 0),
    hold() {
      held = true;
    },
    resume() {
      if (!held) return;
      held = false;
      changed.notify();
    },
    giveUpAfter(ms) {
      for (const { abort, done } of requests) {
        const timer = setTimeout(() => abort.abort(), ms);
        void done.finally(() => clearTimeout(timer));
      }
    },
    async stop(finishMs) {
      stopped = true;
      changed.notify();
      this.giveUpAfter(finishMs);
      await Promise.all([...requests].map(({ done }) => done));
    },
  };
}

const allRejected =
  "Customer.io rejects every message, with nothing accepted in between: check the connection's settings and the workspace";
