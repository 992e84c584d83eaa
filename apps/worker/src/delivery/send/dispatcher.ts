import type { CustomerioClient } from "@customerio-router/customerio";
import type { Rejection } from "@customerio-router/messages";
import type { Grant } from "@customerio-router/queue";
import type { Backoff } from "../../retry/backoff.ts";
import { createReplyFollower, type Delivery } from "../../retry/follow-reply.ts";
import { createResting, type Resting } from "../../retry/resting.ts";
import type { Suspects } from "../../retry/suspects.ts";
import { createSignal } from "../../signal.ts";
import type { Hand } from "../hand.ts";
import type { PendingOperation } from "../pending.ts";
import { formBatch } from "./batch.ts";
import { requestsDue, type SendState, untilDueMs } from "./next-request.ts";
import type { RequestLimiter } from "./request-limiter.ts";
import { createRequests, type Requests } from "./requests.ts";
import type { RequestTracing } from "./trace-request.ts";

/** After the limiter could not be asked. */
const askAgainMs = 1_000;

export type DispatcherSettings = {
  inFlight: number;
  batchOperations: number;
  batchBytes: number;
  lingerMs: number;
  attempts: number;
};

/** Sends operations that wait for no other, as fast as the connection's limits allow. */
export type Dispatcher = {
  start(): void;
  /** Something may have become ready. */
  notify(): void;
  /** The connection was saved: every wait is over. */
  restart(): void;
  /** Lets these operations, just added in the place `resting`, wait until others have had their turn. */
  standAside(operations: PendingOperation[]): void;
  /** Sends nothing more until `resume`. Requests in flight continue. */
  hold(): void;
  resume(): void;
  /** Aborts the requests in flight after this long; a reply before that counts. */
  giveUpAfter(ms: number): void;
  /** Stops for good. Resolves when nothing is in flight; aborts remaining requests after `finishMs`. */
  stop(finishMs: number): Promise<void>;
};

export type DispatcherOptions = {
  hand: Hand;
  backoff: Backoff;
  suspects: Suspects;
  limiter: RequestLimiter;
  client: () => CustomerioClient;
  /** Left out: no traces. */
  tracing?: RequestTracing | undefined;
  settings: () => DispatcherSettings;
  /** False once another worker may own the connection. */
  mayGo: () => boolean;
  /** Writes the outcomes, then releases the operations that waited for these. */
  onSettled: (operations: PendingOperation[], rejected: ReadonlyMap<number, Rejection>) => Promise<void>;
  /** Called with each reply and the decision about it. */
  onDelivery: (delivery: Delivery) => void;
  /** Customer.io has answered nothing since this time, in Unix milliseconds. */
  onSilence: (sinceMs: number) => void;
  /** Nothing of a request is in flight any more. */
  onDone: () => void;
  /** The limiter could not be asked, or an outcome not be followed. */
  onError: (error: unknown) => void;
};

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { hand, backoff, limiter, settings, mayGo } = options;
  const { order } = hand;
  const changed = createSignal();
  const resting = createResting(order);
  const requests = createFollowedRequests({ ...options, resting, onChange: changed.notify });
  let limitedUntilMs = 0;
  let held = false;
  let stopped = false;

  function look(): SendState {
    const { batchOperations, lingerMs } = settings();
    const now = performance.now();
    return {
      isHeld: held,
      slotsLeft: slotsLeft(),
      mayGo: mayGo(),
      pauseMs: Math.max(backoff.waitMs(), limitedUntilMs - now),
      readyCount: order.readyCount,
      batchOperations,
      lingerMs: (order.peek()?.takenAtMs ?? now) + lingerMs - now,
    };
  }

  /** How many more requests may be in flight. */
  function slotsLeft(): number {
    return (backoff.probing ? 1 : settings().inFlight) - requests.unanswered;
  }

  async function run(): Promise<void> {
    while (!stopped) {
      resting.wake();
      const state = look();
      const waitMs = untilDueMs(state);
      if (waitMs > 0) {
        await changed.wait(Math.min(waitMs, resting.untilNextMs()));
        continue;
      }
      const grant = await limiter.ask(requestsDue(state)).catch(standStill);
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
      // A reply that came while the limiter was asked may have started a pause.
      if (stopped || held || !mayGo() || backoff.waitMs() > 0 || slotsLeft() <= 0) return;
      const batch = formBatch(order, settings());
      if (batch.operations.length === 0) return;
      requests.send(batch, backoff.round);
      // Counted once it has left: counted before, the limiter's window would end too early.
      limiter.count(1);
    }
  }

  return {
    start: () => void run(),
    notify: () => changed.notify(),
    restart() {
      limitedUntilMs = 0;
      resting.wake(Number.POSITIVE_INFINITY);
      changed.notify();
    },
    standAside(operations) {
      resting.add(operations, backoff.waitMs(), 0);
      changed.notify();
    },
    hold() {
      held = true;
    },
    resume() {
      if (!held) return;
      held = false;
      changed.notify();
    },
    giveUpAfter: (ms) => requests.giveUpAfter(ms),
    async stop(finishMs) {
      stopped = true;
      changed.notify();
      requests.giveUpAfter(finishMs);
      await requests.ended();
    },
  };
}

/** Requests each of whose replies is followed, as long as this process owns the connection. */
function createFollowedRequests(
  options: DispatcherOptions & {
    resting: Resting;
    /** What may be sent, or how many requests, has changed. */
    onChange: () => void;
  },
): Requests {
  const { hand, backoff, suspects, resting, onChange } = options;
  const follow = createReplyFollower({
    order: hand.order,
    backoff,
    suspects,
    resting,
    attempts: () => options.settings().attempts,
    onSettled: options.onSettled,
    onDelivery(delivery) {
      options.onDelivery(delivery);
      onChange();
    },
  });
  return createRequests({
    client: options.client,
    tracing: options.tracing,
    // Once the lease is lost, the next owner resends them.
    onReply: async (...replied) => (options.mayGo() ? await follow(...replied) : undefined),
    onSilence: options.onSilence,
    onError: options.onError,
    onEnd() {
      onChange();
      options.onDone();
    },
  });
}
