import type { Connection } from "@customerio-router/connections";
import type { CustomerioClient } from "@customerio-router/customerio";
import {
  askLimiter,
  FencedError,
  type JobQueue,
  type Lease,
  type RedisClient,
  type Rejection,
  type TakenJob,
  within,
} from "@customerio-router/queue";
import { createBackoff } from "./backoff.ts";
import { createDispatcher, type Delivery } from "./dispatcher.ts";
import { createHand } from "./hand.ts";
import { mapJob, triesKey } from "./map-job.ts";
import type { BudgetShare } from "./memory-budget.ts";
import type { Outcome, PendingJob, PendingMessage, PendingOperation, Tries } from "./pending.ts";
import { createRequestLimiter } from "./request-limiter.ts";
import { settleJob } from "./settle.ts";
import { createSignal } from "./signal.ts";
import { createSuspects } from "./suspects.ts";

/** At most so many jobs per take; at most 100 messages each. */
const takeJobs = 64;
/** Full requests that are ready to go, where the queue has as many. */
const requestsAhead = 4;
/** Job data of one connection in hand, where the budget allows it: what waits for one person holds up nobody below that. */
const maxBytesInHand = 32 * 1024 * 1024;
/** The longest until a pause is noticed while there is work, and new jobs while there is none and no wake-up comes. */
const pollWhileBusyMs = 500;
const pollWhileIdleMs = 5_000;
/** A worker that stops waits this long for answers; requests it gives up then are sent again by the next owner. */
const finishMs = 10_000;
/** The last writes of a worker that stops: without Redis the next owner takes the jobs back. */
const lastWritesMs = 3_000;
/** Requests under way to an address that was changed are given up after this long. */
const oldAddressMs = 2_000;
/** Failures remembered of messages that are back in the queue. */
const maxTriesRemembered = 20_000;

/** One connection's way from the queue to Customer.io: take, map, batch, deliver, settle. */
export type Pipeline = {
  readonly lease: Lease;
  /** The connection as it is delivered to at present. */
  readonly connection: Connection;
  /** New jobs may have come. */
  wake(): void;
  /** The connection was saved: its settings and keys count from the next request on, which goes at once. */
  update(connection: Connection, client: CustomerioClient): void;
  /** What waits in its queue. */
  backlog(): Promise<{ jobs: number; oldestMs: number }>;
  /** Stops taking, finishes what is on its way and gives the rest back in order. */
  stop(): Promise<void>;
};

export function createPipeline(options: {
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
  onTrouble: (error: unknown) => void;
}): Pipeline {
  const { redis, lease, queue, budget, onTrouble } = options;
  let { connection, client } = options;
  const backoff = createBackoff();
  const suspects = createSuspects();
  const changed = createSignal();
  const ended = new AbortController();
  const remembered = new Map<string, Tries>();
  let bytesInHand = 0;
  const hand = createHand({
    hold(bytes) {
      bytesInHand += bytes;
      budget.hold(bytes);
    },
    release(bytes) {
      bytesInHand -= bytes;
      budget.release(bytes);
    },
  });
  /** What the jobs hold that were taken last. */
  let messagesAJob = 1;
  let sequence = 0;
  let stopping = false;
  /** New jobs would be taken at once. */
  let awaitsJobs = false;
  /** New jobs may have come since the queue's state was read. */
  let woken = false;
  /** Which jobs are active is not known for sure: at a take-over, and after an answer of Redis may have been lost. */
  let activeUnknown = true;
  let breaks = options.breaks();

  const dispatcher = createDispatcher({
    hand,
    backoff,
    suspects,
    limiter: createRequestLimiter({
      limits: () => connection.settings.limiter,
      ask: async (wanted) => {
        const grant = await askLimiter(redis, connection.id, connection.settings.limiter, wanted);
        if (grant.requests === 0) options.onLimited();
        return grant;
      },
    }),
    client: () => client,
    settings: () => connection.settings,
    mayGo: lease.isHeld,
    onSettled,
    onError: onTrouble,
    onDelivery: (delivery) => {
      options.onDelivery(delivery);
      changed.notify();
    },
    onDone: () => changed.notify(),
  });

  /** The table of contents of a message's way. */
  async function run(): Promise<void> {
    // What arrived late would undo what a later owner sends.
    lease.lost.addEventListener("abort", () => {
      dispatcher.giveUpAfter(0);
      changed.notify();
    });
    while (!stopping && lease.isHeld()) await step().catch(recover);
    const impatient = setTimeout(() => ended.abort(), finishMs);
    await dispatcher.stop(lease.isHeld() ? finishMs : 0);
    clearTimeout(impatient);
    remember(hand.release());
    hand.clear();
    if (lease.isHeld()) await within(lastWritesMs, () => queue.giveBack()).catch(tell);
    client.close();
    budget.close();
  }

  async function step(): Promise<void> {
    if (activeUnknown || breaks !== options.breaks()) await reconcile();
    woken = false;
    const known = hand.jobCount;
    const state = await queue.state();
    if (state.paused || backoff.long) return await pause();
    dispatcher.resume();
    // Somebody who believed himself the owner took jobs, or an answer of Redis got lost.
    if (state.active > known) return await reconcile();
    const capacity = messageCapacity();
    const bytes = byteCapacity();
    if (capacity <= 0 || bytes <= 0) return await changed.wait(pollWhileBusyMs);

    const knownBefore = hand.jobCount;
    const count = Math.min(Math.ceil(capacity / messagesAJob), takeJobs);
    const taken = await queue.take(state, count, bytes);
    activeUnknown = breaks !== options.breaks() || taken.active > knownBefore + taken.jobs.length;
    if (activeUnknown || !lease.isHeld()) return;
    const messagesBefore = hand.messageCount;
    for (const job of taken.jobs) await admit(job);
    if (taken.jobs.length > 0)
      messagesAJob = Math.max(1, (hand.messageCount - messagesBefore) / taken.jobs.length);
    dispatcher.notify();
    // A wake-up since the state was read may be of jobs that came after it.
    if (taken.jobs.length > 0 || woken) return;
    awaitsJobs = true;
    await changed.wait(hand.jobCount > 0 ? pollWhileBusyMs : pollWhileIdleMs);
    awaitsJobs = false;
  }

  async function recover(error: unknown): Promise<void> {
    activeUnknown = true;
    tell(error);
    await changed.wait(pollWhileBusyMs);
  }

  /** A lost lease is told where leases are lost. */
  function tell(error: unknown): void {
    if (lease.isHeld() && !(error instanceof FencedError)) onTrouble(error);
  }

  /**
   * How many more messages may be taken. No more are taken than that: what a large take brings comes over the same
   * connection as the answers that let the next request go, and what is not in memory needs no collecting.
   */
  function messageCapacity(): number {
    const { batchOperations } = connection.settings;
    const ahead = backoff.probing ? 1 : requestsAhead;
    return ahead * batchOperations - hand.order.readyCount;
  }

  /** How many more bytes may be taken. Whoever has nothing in hand may take a job, whatever the others hold. */
  function byteCapacity(): number {
    const bytes = Math.min(maxBytesInHand - bytesInHand, budget.room());
    return hand.jobCount === 0 ? Math.max(bytes, 1) : bytes;
  }

  async function admit(taken: TakenJob): Promise<void> {
    // Redis gives out a job again that it forgot to have given out: a replica was promoted that did not know of it.
    hand.drop(taken.id);
    const job = mapJob({
      taken,
      settings: { ...connection.settings, connectionId: connection.id },
      nextSequence: () => sequence++,
      triesOf: (key) => remembered.get(key),
    });
    const suspicious = remembered.size === 0 ? [] : operationsOf(job).filter(suspects.isSuspect);
    for (const operation of suspicious) operation.place = "resting";
    hand.add(job);
    if (suspicious.length > 0) dispatcher.standAside(suspicious);
    if (taken.problem) onTrouble(new Error(taken.problem.message));
    const settled = job.messages.filter(({ outcome }) => outcome !== undefined);
    // One without messages is settled too.
    if (settled.length > 0 || job.open === 0) await settle(settled, [job]);
  }

  async function onSettled(
    operations: PendingOperation[],
    rejected: ReadonlyMap<number, Rejection>,
  ): Promise<void> {
    const messages: PendingMessage[] = [];
    for (const [index, { message }] of operations.entries()) {
      if (!message.job.inHand) continue;
      const rejection = rejected.get(index);
      if (rejection) message.outcome = { kind: "rejected", rejection };
      message.open -= 1;
      if (message.open > 0) continue;
      message.outcome ??= { kind: "delivered" };
      message.job.open -= 1;
      messages.push(message);
    }
    if (!(await settle(messages))) return;
    for (const operation of operations) hand.order.settle(operation);
    dispatcher.notify();
    changed.notify();
  }

  /** Writes down these messages' outcomes. @returns whether all of it stands in Redis. */
  async function settle(
    messages: PendingMessage[],
    touched: Iterable<PendingJob> = new Set(messages.map(({ job }) => job)),
  ): Promise<boolean> {
    const written = await Promise.all(
      [...touched].map((job) => settleJob({ job, queue, lease, onTrouble, signal: ended.signal })),
    );
    for (const job of touched) if (job.finished) forget(job);
    if (!written.every(Boolean)) return false;
    for (const message of messages) if (message.outcome) options.onOutcome(message, message.outcome);
    return true;
  }

  function forget(job: PendingJob): void {
    hand.remove(job);
    if (remembered.size === 0) return;
    for (const message of job.messages) {
      for (const piece of message.operations.keys()) remembered.delete(triesKey(message, piece));
    }
  }

  /** While nothing may be sent, jobs wait in the queue, where a person can see, edit and remove them. */
  async function pause(): Promise<void> {
    dispatcher.hold();
    const released = hand.release();
    remember(released);
    if (released.length > 0) await queue.giveBack(hand.ids());
    await changed.wait(Math.min(backoff.waitMs() || pollWhileBusyMs, pollWhileIdleMs));
  }

  /** Gives back every active job that is not in hand: all are younger than those that are. */
  async function reconcile(): Promise<void> {
    breaks = options.breaks();
    await queue.giveBack(hand.ids());
    activeUnknown = false;
  }

  function remember(jobs: PendingJob[]): void {
    if (remembered.size > maxTriesRemembered) remembered.clear();
    for (const message of jobs.flatMap(({ messages }) => messages)) {
      for (const [piece, { tries }] of message.operations.entries()) {
        if (tries.requests > 0) remembered.set(triesKey(message, piece), tries);
      }
    }
  }

  const running = run();

  return {
    lease,
    get connection() {
      return connection;
    },
    async backlog() {
      const { waiting, other } = await queue.state();
      return { jobs: waiting + other, oldestMs: waiting > 0 ? await queue.oldestWaitingMs() : 0 };
    },
    wake() {
      woken = true;
      if (awaitsJobs) changed.notify();
    },
    update(newConnection, newClient) {
      const moved =
        newConnection.region !== connection.region || newConnection.trackUrl !== connection.trackUrl;
      connection = newConnection;
      // Requests under way end as they began; the old client's idle connections close by themselves.
      client = newClient;
      backoff.reset();
      if (moved) dispatcher.giveUpAfter(oldAddressMs);
      dispatcher.restart();
      changed.notify();
    },
    async stop() {
      stopping = true;
      changed.notify();
      await running;
    },
  };
}

function operationsOf(job: PendingJob): PendingOperation[] {
  return job.messages.flatMap(({ operations }) => operations);
}
