import type { Connection } from "@customerio-router/connections";
import type { CustomerioClient } from "@customerio-router/customerio";
import { askLimiter, FencedError, type JobQueue, type Lease } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { withTimeout } from "@customerio-router/redis";
import type { BudgetShare } from "../memory-budget.ts";
import type { OnError } from "../reporting/log-errors.ts";
import { createBackoff } from "../retry/backoff.ts";
import type { Delivery } from "../retry/follow-reply.ts";
import { createRememberedTries } from "../retry/remembered-tries.ts";
import { createSuspects } from "../retry/suspects.ts";
import { createHand } from "./hand.ts";
import type { Outcome, PendingMessage } from "./pending.ts";
import { createDispatcher } from "./send/dispatcher.ts";
import { createRequestLimiter } from "./send/request-limiter.ts";
import { createSettler } from "./settle/settler.ts";
import { createActiveJobs } from "./take/active-jobs.ts";
import { createAdmission } from "./take/admission.ts";
import { createCapacity } from "./take/capacity.ts";
import { createTakeLoop } from "./take/take-loop.ts";

/** A worker that stops waits this long for replies; requests it gives up then are sent again by the next owner. */
const finishMs = 10_000;
/** The last writes of a worker that stops: without Redis the next owner takes the jobs back. */
const lastWritesMs = 3_000;
/** Requests under way to an address that was changed are given up after this long. */
const oldAddressMs = 2_000;

/** One connection's way from the queue to Customer.io: take, map, batch, deliver, settle. */
export type Pipeline = {
  readonly lease: Lease;
  /** The connection as it is delivered to at present. */
  readonly connection: Connection;
  start(): void;
  /** New jobs may have come. */
  wake(): void;
  /** The connection was saved: its settings and keys count from the next request on, which goes at once. */
  update(connection: Connection, client: CustomerioClient): void;
  /** What waits in its queue. */
  backlog(): Promise<{ jobs: number; oldestMs: number }>;
  /** Stops taking, finishes what is on its way and gives the rest back in order. */
  stop(): Promise<void>;
};

export type PipelineOptions = {
  connection: Connection;
  client: CustomerioClient;
  redis: RedisClient;
  lease: Lease;
  queue: JobQueue;
  /** Its part of the bytes that this process may have in hand. */
  budget: BudgetShare;
  /** How often the connection to Redis has broken. */
  breaks: () => number;
  onDelivery: (delivery: Delivery) => void;
  /** A message has its outcome, and it stands in Redis. */
  onOutcome: (message: PendingMessage, outcome: Outcome) => void;
  onLimited: () => void;
  /** Everything is delivered or back in the queue. */
  onStop: () => Promise<void>;
  onError: OnError;
};

export function createPipeline(options: PipelineOptions): Pipeline {
  const { redis, lease, queue, budget, onError } = options;
  /** Where to deliver to; replaced as a whole when the connection is saved. */
  let target = { connection: options.connection, client: options.client };
  const settings = () => target.connection.settings;
  const backoff = createBackoff();
  const suspects = createSuspects();
  const tries = createRememberedTries();
  const hand = createHand(budget);
  /** Nothing is written any more. */
  const ended = new AbortController();
  const settler = createSettler({
    queue,
    lease,
    signal: ended.signal,
    onOutcome: options.onOutcome,
    onJobEnd(job) {
      hand.remove(job);
      tries.forget(job);
    },
    onError: (error) => onError("settle", error),
  });

  const dispatcher = createDispatcher({
    hand,
    backoff,
    suspects,
    limiter: createRequestLimiter({
      limits: () => settings().limiter,
      ask: async (wanted) => {
        const grant = await askLimiter(redis, lease.connectionId, settings().limiter, wanted);
        if (grant.requests === 0) options.onLimited();
        return grant;
      },
    }),
    client: () => target.client,
    settings,
    mayGo: lease.isHeld,
    async onSettled(operations, rejected) {
      if (!(await settler.settleOperations(operations, rejected))) return;
      for (const operation of operations) hand.order.settle(operation);
      dispatcher.notify();
      takeLoop.notify();
    },
    onError: (error) => onError("deliver", error),
    onDelivery(delivery) {
      options.onDelivery(delivery);
      takeLoop.notify();
    },
    onDone: () => takeLoop.notify(),
  });

  const takeLoop = createTakeLoop({
    queue,
    lease,
    hand,
    backoff,
    tries,
    capacity: createCapacity({ hand, budget, backoff, batchOperations: () => settings().batchOperations }),
    activeJobs: createActiveJobs({ queue, hand, breaks: options.breaks }),
    dispatcher,
    admit: createAdmission({
      hand,
      tries,
      suspects,
      dispatcher,
      settler,
      settings: () => ({ ...settings(), connectionId: lease.connectionId }),
      onError,
    }),
    onError,
  });

  async function run(): Promise<void> {
    dispatcher.start();
    // What arrived late would undo what a later owner sends.
    lease.lost.addEventListener("abort", () => {
      dispatcher.giveUpAfter(0);
      takeLoop.notify();
    });
    await takeLoop.run();
    await finish();
  }

  async function finish(): Promise<void> {
    const impatient = setTimeout(() => ended.abort(), finishMs);
    await dispatcher.stop(lease.isHeld() ? finishMs : 0);
    clearTimeout(impatient);
    hand.clear();
    if (lease.isHeld()) await withTimeout(lastWritesMs, () => queue.giveBack()).catch(tellUnlessLost);
    target.client.close();
    budget.close();
    await options.onStop();
  }

  /** A lost lease is told where leases are lost. */
  function tellUnlessLost(error: unknown): void {
    if (lease.isHeld() && !(error instanceof FencedError)) onError("settle", error);
  }

  let running: Promise<void> | undefined;

  return {
    lease,
    get connection() {
      return target.connection;
    },
    start() {
      running ??= run();
    },
    async backlog() {
      const { waiting, other } = await queue.state();
      return { jobs: waiting + other, oldestMs: waiting > 0 ? await queue.oldestWaitingMs() : 0 };
    },
    wake: () => takeLoop.wake(),
    update(connection, client) {
      const { region, trackUrl } = target.connection;
      const moved = region !== connection.region || trackUrl !== connection.trackUrl;
      // Requests under way end as they began; the old client's idle connections close by themselves.
      target = { connection, client };
      backoff.reset();
      if (moved) dispatcher.giveUpAfter(oldAddressMs);
      dispatcher.restart();
      takeLoop.notify();
    },
    async stop() {
      takeLoop.stop();
      await running;
    },
  };
}
