import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, CustomerioClient } from "@customerio-router/customerio";
import type { Attempt, Grant, Rejection } from "@customerio-router/queue";
import type { Backoff } from "./backoff.ts";
import { type Batch, eventForV1, formBatch } from "./batch.ts";
import { type Decision, decide } from "./decision.ts";
import type { Order } from "./order.ts";
import type { PendingOperation } from "./pending.ts";
import { createSignal } from "./signal.ts";

/** A request refused with 500 so often is made smaller. */
const refusalsBeforeHalving = 3;
const attemptsRemembered = 10;
const firstRestMs = 1_000;
const longestRestMs = 60_000;

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

/** Sends what is ready in the line, as fast as the connection may. */
export type Dispatcher = {
  /** Something may have become ready. */
  notify(): void;
  /** Sends nothing more until `resume`; resolves when nothing is under way. */
  hold(): Promise<void>;
  resume(): void;
  /** Ends for good; resolves when nothing is under way. */
  stop(): Promise<void>;
};

export function createDispatcher(options: {
  order: Order;
  backoff: Backoff;
  client: () => CustomerioClient;
  settings: () => DispatcherSettings;
  /** False once somebody else may own the connection. */
  mayGo: () => boolean;
  /** How many of these requests the limiter lets through now; when none, how long to wait. */
  askLimiter: (wanted: number) => Promise<Grant>;
  /** Writes the outcomes down and lets the next in line go. */
  onSettled: (operations: PendingOperation[], rejected: ReadonlyMap<number, Rejection>) => Promise<void>;
  onDelivery: (delivery: Delivery) => void;
  /** The loop itself met trouble: Redis, as a rule. */
  onTrouble: (error: unknown) => void;
}): Dispatcher {
  const { order, backoff } = options;
  const changed = createSignal();
  const idle = createSignal();
  const resting = new Set<NodeJS.Timeout>();
  let inFlight = 0;
  let underWay = 0;
  let accepted = 0;
  let held = false;
  let stopped = false;

  /** Milliseconds until the next batch is to be formed. */
  function untilNextMs(): number {
    const foremost = order.peek();
    const { batchOperations, lingerMs } = options.settings();
    if (!foremost || held || slotsLeft() <= 0) return Number.POSITIVE_INFINITY;
    if (!options.mayGo()) return firstRestMs;
    const pauseMs = backoff.waitMs();
    if (pauseMs > 0) return pauseMs;
    if (order.readyCount >= batchOperations) return 0;
    return Math.max(0, foremost.takenAtMs + lingerMs - performance.now());
  }

  /** How many more requests may be in flight. */
  function slotsLeft(): number {
    return (backoff.probing ? 1 : options.settings().inFlight) - inFlight;
  }

  /** Requests that are due: as many as would be full, or one. */
  function requestsDue(): number {
    const full = Math.floor(order.readyCount / options.settings().batchOperations);
    return Math.min(Math.max(full, 1), slotsLeft());
  }

  async function run(): Promise<void> {
    while (!stopped) {
      const waitMs = untilNextMs();
      if (waitMs > 0) {
        await changed.wait(waitMs);
        continue;
      }
      const { requests, waitMs: limitedMs } = await options.askLimiter(requestsDue()).catch(standStill);
      if (requests === 0) await sleep(limitedMs);
      // An answer that came meanwhile may have begun a pause.
      if (stopped || held || !options.mayGo() || backoff.waitMs() > 0) continue;
      for (let left = Math.min(requests, slotsLeft()); left > 0; left--) {
        const batch = formBatch(order, options.settings());
        if (batch.operations.length > 0) void send(batch);
      }
    }
  }

  function standStill(error: unknown): Grant {
    options.onTrouble(error);
    return { requests: 0, waitMs: firstRestMs };
  }

  async function send(batch: Batch): Promise<void> {
    inFlight += 1;
    underWay += 1;
    const { round } = backoff;
    const answer = await post(batch);
    inFlight -= 1;
    const decision = decide(answer, batch.operations.length);
    remember(batch, answer, decision);
    const followed = follow(decision, batch.operations, round);
    options.onDelivery({ batch, answer, decision, pauseMs: backoff.waitMs() });
    await followed;
    underWay -= 1;
    changed.notify();
    if (underWay === 0) idle.notify();
  }

  function remember({ operations }: Batch, { status, durationMs }: Answer, decision: Decision): void {
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

  function post({ operations }: Batch): Promise<Answer> {
    const [first] = operations;
    const event = first && eventForV1(first);
    if (event) return options.client().sendEvent(event);
    return options.client().sendBatch(operations.map(({ json }) => json));
  }

  async function follow(decision: Decision, operations: PendingOperation[], round: number): Promise<void> {
    switch (decision.kind) {
      case "settled":
        accepted += 1;
        backoff.succeeded();
        changed.notify();
        return await options.onSettled(operations, decision.rejected);
      case "halved":
        backoff.succeeded();
        makeSmaller(operations);
        return putBack(operations);
      case "failed":
        return await refuse(operations, decision.why, round);
      case "deferred":
        backoff.failed(round, decision.retryAfterMs);
        return putBack(operations);
      case "needs-attention":
        backoff.needsAttention();
        return putBack(operations);
    }
  }

  function putBack(operations: PendingOperation[]): void {
    for (const operation of operations) order.putBack(operation);
  }

  function makeSmaller(operations: PendingOperation[]): void {
    const groupLimit = Math.ceil(operations.length / 2);
    for (const { tries } of operations) tries.groupLimit = groupLimit;
  }

  /**
   * A 500 may be an outage, which must reject nobody, or one operation that Customer.io cannot bear. Requests
   * get smaller until the culprit is alone; then only tries count between which others were taken.
   */
  async function refuse(operations: PendingOperation[], why: string, round: number): Promise<void> {
    const othersPass = operations.some(
      ({ tries }) => accepted > tries.acceptedAtRefusal && tries.refusals > 0,
    );
    for (const { tries } of operations) {
      if (othersPass) tries.counted += 1;
      tries.refusals += 1;
      tries.acceptedAtRefusal = accepted;
    }
    const [first] = operations;
    if (first && operations.length === 1) {
      if (!othersPass) backoff.stumbled(round);
      if (first.tries.counted < options.settings().attempts) return rest(operations, first.tries.counted);
      const message = `${why} to this message alone ${first.tries.counted} times, while it took others`;
      return await options.onSettled(operations, new Map([[0, { reason: "failed-at-customerio", message }]]));
    }
    backoff.stumbled(round);
    const suspect =
      othersPass || operations.some(({ tries }) => tries.refusals % refusalsBeforeHalving === 0);
    if (suspect) makeSmaller(operations);
    // Those already under suspicion let others go first: if these are taken, it is no outage.
    if (first && first.tries.groupLimit <= operations.length) rest(operations, 0);
    else putBack(operations);
  }

  /** Lets operations stand aside until others have had their turn. */
  function rest(operations: PendingOperation[], times: number): void {
    for (const operation of operations) operation.place = "resting";
    const ceilingMs = Math.min(firstRestMs * 2 ** times, longestRestMs);
    const timer = setTimeout(
      () => {
        resting.delete(timer);
        putBack(operations);
        changed.notify();
      },
      backoff.waitMs() + Math.random() * ceilingMs,
    );
    resting.add(timer);
  }

  async function quiet(): Promise<void> {
    for (const timer of resting) clearTimeout(timer);
    resting.clear();
    while (underWay > 0) await idle.wait();
  }

  const running = run();

  return {
    notify: () => changed.notify(),
    async hold() {
      held = true;
      await quiet();
    },
    resume() {
      held = false;
      changed.notify();
    },
    async stop() {
      stopped = true;
      changed.notify();
      await quiet();
      await running;
    },
  };
}
