import type { Connection } from "@customerio-router/connections";
import type { CustomerioClient } from "@customerio-router/customerio";
import {
  askLimiter,
  FencedError,
  type JobQueue,
  type Lease,
  type RedisClient,
  type TakenJob,
  withTimeout,
} from "@customerio-router/queue";
import type { BudgetShare } from "../memory-budget.ts";
import type { OnError, Stage } from "../reporting/log-errors.ts";
import { createBackoff } from "../retry/backoff.ts";
import type { Delivery } from "../retry/follow-answer.ts";
import { createRememberedTries } from "../retry/remembered-tries.ts";
import { createSuspects } from "../retry/suspects.ts";
import { createSignal } from "../signal.ts";
import { createActiveJobs } from "./active-jobs.ts";
import { createCapacity } from "./capacity.ts";
import { createDispatcher } from "./dispatcher.ts";
import { createHand } from "./hand.ts";
import { mapJob } from "./map-job.ts";
import type { Outcome, PendingMessage } from "./pending.ts";
import { createRequestLimiter } from "./request-limiter.ts";
import { createSettler } from "./settler.ts";

/** The longest until a pause is noticed while there is work, and new jobs while there is none and no wake-up comes. */
const pollWhileBusyMs = 500;
const pollWhileIdleMs = 5_000;
/** A worker that stops waits this long for answers; requests it gives up then are sent again by the next owner. */
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
  const capacity = createCapacity({
    hand,
    budget,
    backoff,
    batchOperations: () => settings().batchOperations,
  });
  const activeJobs = createActiveJobs({ queue, hand, breaks: options.breaks });
  const changed = createSignal();
  const stopped = new AbortController();
  /** Nothing is written any more. */
  const ended = new AbortController();
  let sequence = 0;
  /** New jobs may have come since the queue's state was read. */
  let woken = false;
  /** New jobs would be taken at once. */
  let awaitsJobs = false;

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
      changed.notify();
    },
    onError: (error) => onError("deliver", error),
    onDelivery(delivery) {
      options.onDelivery(delivery);
      changed.notify();
    },
    onDone: () => changed.notify(),
  });

  /** The table of contents of a message's way. */
  async function run(): Promise<void> {
    dispatcher.start();
    // What arrived late would undo what a later owner sends.
    lease.lost.addEventListener("abort", () => {
      dispatcher.giveUpAfter(0);
      changed.notify();
    });
    while (!stopped.signal.aborted && lease.isHeld()) await step().catch(recover);
    await finish();
  }

  async function step(): Promise<void> {
    await activeJobs.reconcile();
    woken = false;
    const { state, areMore } = await activeJobs.readState();
    if (state.paused || backoff.long) return await pause();
    dispatcher.resume();
    if (areMore) return;
    const room = capacity.room();
    if (!room) return await changed.wait(pollWhileBusyMs);

    const taken = await activeJobs.take(state, room);
    if (!lease.isHeld()) return;
    const messagesBefore = hand.messageCount;
    for (const job of taken) await admit(job);
    capacity.learn({ jobs: taken.length, messages: hand.messageCount - messagesBefore });
    dispatcher.notify();
    // A wake-up since the state was read may be of jobs that came after it.
    if (taken.length > 0 || woken) return;
    awaitsJobs = true;
    await changed.wait(hand.jobCount > 0 ? pollWhileBusyMs : pollWhileIdleMs);
    awaitsJobs = false;
  }

  async function recover(error: unknown): Promise<void> {
    activeJobs.doubt();
    tell("take", error);
    await changed.wait(pollWhileBusyMs);
  }

  /** A lost lease is told where leases are lost. */
  function tell(stage: Stage, error: unknown): void {
    if (lease.isHeld() && !(error instanceof FencedError)) onError(stage, error);
  }

  async function admit(taken: TakenJob): Promise<void> {
    // Redis gives out a job again that it forgot to have given out: a replica was promoted that did not know of it.
    hand.drop(taken.id);
    const job = mapJob({
      taken,
      settings: { ...settings(), connectionId: lease.connectionId },
      nextSequence: () => sequence++,
      triesOf: tries.of,
    });
    const suspicious = tries.isEmpty
      ? []
      : job.messages.flatMap(({ operations }) => operations).filter(suspects.isSuspect);
    for (const operation of suspicious) operation.place = "resting";
    hand.add(job);
    if (suspicious.length > 0) dispatcher.standAside(suspicious);
    if (taken.problem) onError("map", new Error(taken.problem.message));
    await settler.settleTaken(job);
  }

  /** While nothing may be sent, jobs wait in the queue, where a person can see, edit and remove them. */
  async function pause(): Promise<void> {
    dispatcher.hold();
    const released = hand.release();
    tries.remember(released);
    if (released.length > 0) await queue.giveBack(hand.ids());
    await changed.wait(Math.min(backoff.waitMs() || pollWhileBusyMs, pollWhileIdleMs));
  }

  async function finish(): Promise<void> {
    const impatient = setTimeout(() => ended.abort(), finishMs);
    await dispatcher.stop(lease.isHeld() ? finishMs : 0);
    clearTimeout(impatient);
    hand.clear();
    if (lease.isHeld())
      await withTimeout(lastWritesMs, () => queue.giveBack()).catch((error) => tell("settle", error));
    target.client.close();
    budget.close();
    await options.onStop();
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
    wake() {
      woken = true;
      if (awaitsJobs) changed.notify();
    },
    update(connection, client) {
      const { region, trackUrl } = target.connection;
      const moved = region !== connection.region || trackUrl !== connection.trackUrl;
      // Requests under way end as they began; the old client's idle connections close by themselves.
      target = { connection, client };
      backoff.reset();
      if (moved) dispatcher.giveUpAfter(oldAddressMs);
      dispatcher.restart();
      changed.notify();
    },
    async stop() {
      stopped.abort();
      changed.notify();
      await running;
    },
  };
}
