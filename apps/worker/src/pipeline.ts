import type { Connection } from "@customerio-router/connections";
import type { CustomerioClient } from "@customerio-router/customerio";
import {
  askLimiter,
  FencedError,
  type JobQueue,
  type Lease,
  type RedisClient,
  type Rejection,
} from "@customerio-router/queue";
import { createBackoff } from "./backoff.ts";
import { createDispatcher, type Delivery } from "./dispatcher.ts";
import { mapJob, triesKey } from "./map-job.ts";
import { createOrder } from "./order.ts";
import type { Outcome, PendingJob, PendingMessage, PendingOperation, Tries } from "./pending.ts";
import { settleJob } from "./settle.ts";
import { createSignal } from "./signal.ts";

/** Jobs taken in one go; at most 100 messages each. */
const takeJobs = 64;
/** So many full requests are ready to go, where the queue has as many. */
const requestsAhead = 4;
/** What waits in hand for an earlier message of its person does not hold up the others until there is so much of it. */
const mostMessagesInHand = 20_000;
const mostBytesInHand = 32 * 1024 * 1024;
/** How soon a pause is noticed while there is work, and new jobs while there is none and no call comes. */
const lookWhileBusyMs = 500;
const lookWhileIdleMs = 5_000;
/** A worker that stops waits so long for answers; requests it gives up then are sent again by the next owner. */
const finishMs = 10_000;
/** Refusals remembered of messages that are back in the queue. */
const mostTriesRemembered = 20_000;

/** One connection's way from the queue to Customer.io: take, map, batch, deliver, settle. */
export type Pipeline = {
  readonly lease: Lease;
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
  /** How often the connection to Redis has broken. */
  breaks: () => number;
  onDelivery: (delivery: Delivery) => void;
  /** A message has its outcome, and it stands in Redis. */
  onOutcome: (message: PendingMessage, outcome: Outcome) => void;
  onLimited: () => void;
  onTrouble: (error: unknown) => void;
}): Pipeline {
  const { redis, lease, queue, onTrouble } = options;
  let { connection, client } = options;
  const order = createOrder();
  const backoff = createBackoff();
  const changed = createSignal();
  const jobs = new Map<string, PendingJob>();
  const remembered = new Map<string, Tries>();
  let messagesInHand = 0;
  /** What the jobs hold that were taken last. */
  let messagesAJob = 1;
  let bytesInHand = 0;
  let sequence = 0;
  let stopping = false;
  /** New jobs would be taken at once. */
  let awaitsJobs = false;
  /** New jobs may have come since the last look. */
  let woken = false;
  /** What is active is not known for sure: at a take-over, and after trouble with Redis. */
  let doubtful = true;
  let breaks = options.breaks();

  const dispatcher = createDispatcher({
    order,
    backoff,
    client: () => client,
    settings: () => connection.settings,
    mayGo: lease.isHeld,
    askLimiter: async (wanted) => {
      const grant = await askLimiter(redis, connection.id, connection.settings.limiter, wanted);
      if (grant.requests === 0) options.onLimited();
      return grant;
    },
    onSettled,
    onTrouble,
    onDelivery: (delivery) => {
      options.onDelivery(delivery);
      changed.notify();
    },
  });

  /** The table of contents of a message's way. */
  async function run(): Promise<void> {
    while (!stopping && lease.isHeld()) await step().catch(recover);
    const impatient = setTimeout(() => client.close(), finishMs);
    await dispatcher.stop();
    clearTimeout(impatient);
    await startAfresh().catch(tell);
    await queue.close();
    client.close();
  }

  async function step(): Promise<void> {
    if (doubtful || breaks !== options.breaks()) await startAfresh();
    woken = false;
    const known = jobs.size;
    const state = await queue.state(0);
    if (state.paused || backoff.long) return await standBack();
    // Somebody who believed himself the owner took jobs, or an answer of Redis got lost.
    if (state.active > known) return await startAfresh();
    const room = messagesWelcome();
    if (room <= 0) return await changed.wait(lookWhileBusyMs);

    const knownBefore = jobs.size;
    const taken = await queue.take(state, Math.min(Math.ceil(room / messagesAJob), takeJobs));
    doubtful = breaks !== options.breaks() || taken.active > knownBefore + taken.jobs.length;
    if (doubtful || !lease.isHeld()) return;
    const inHandBefore = messagesInHand;
    for (const job of taken.jobs) await admit(job);
    if (taken.jobs.length > 0)
      messagesAJob = Math.max(1, (messagesInHand - inHandBefore) / taken.jobs.length);
    dispatcher.notify();
    // A call that came since the look may be of jobs that came after it.
    if (taken.jobs.length > 0 || woken) return;
    awaitsJobs = true;
    await changed.wait(jobs.size > 0 ? lookWhileBusyMs : lookWhileIdleMs);
    awaitsJobs = false;
  }

  async function recover(error: unknown): Promise<void> {
    doubtful = true;
    tell(error);
    await changed.wait(lookWhileBusyMs);
  }

  /** A lost lease is told where leases are lost. */
  function tell(error: unknown): void {
    if (lease.isHeld() && !(error instanceof FencedError)) onTrouble(error);
  }

  /**
   * How many more messages may be taken. No more are taken than that: what a large take brings comes over the same
   * connection as the answers that let the next request go, and what is not in memory needs no collecting.
   */
  function messagesWelcome(): number {
    const { batchOperations } = connection.settings;
    if (bytesInHand >= mostBytesInHand) return 0;
    if (backoff.probing) return batchOperations - messagesInHand;
    return Math.min(requestsAhead * batchOperations - order.readyCount, mostMessagesInHand - messagesInHand);
  }

  async function admit(taken: Parameters<typeof mapJob>[0]["taken"]): Promise<void> {
    const job = mapJob({
      taken,
      settings: { ...connection.settings, connectionId: connection.id },
      nextSequence: () => sequence++,
      triesOf: (key) => remembered.get(key),
    });
    jobs.set(taken.id, job);
    messagesInHand += job.messages.length;
    for (const { operations } of job.messages) {
      for (const operation of operations) {
        bytesInHand += operation.bytes;
        order.add(operation);
      }
    }
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
      const rejection = rejected.get(index);
      if (rejection) message.outcome = { kind: "rejected", rejection };
      message.open -= 1;
      if (message.open > 0) continue;
      message.outcome ??= { kind: "delivered" };
      message.job.open -= 1;
      messages.push(message);
    }
    if (!(await settle(messages))) return;
    for (const operation of operations) order.settle(operation);
    dispatcher.notify();
    changed.notify();
  }

  /** Writes down these messages' outcomes. @returns whether all of it stands in Redis. */
  async function settle(
    messages: PendingMessage[],
    touched: Iterable<PendingJob> = new Set(messages.map(({ job }) => job)),
  ): Promise<boolean> {
    const written = await Promise.all([...touched].map((job) => settleJob({ job, queue, lease, onTrouble })));
    for (const job of touched) if (job.finished) forget(job);
    if (!written.every(Boolean)) return false;
    for (const message of messages) if (message.outcome) options.onOutcome(message, message.outcome);
    return true;
  }

  function forget(job: PendingJob): void {
    if (!jobs.delete(job.taken.id)) return;
    messagesInHand -= job.messages.length;
    for (const message of job.messages) {
      for (const [piece, { bytes }] of message.operations.entries()) {
        bytesInHand -= bytes;
        if (remembered.size > 0) remembered.delete(triesKey(message, piece));
      }
    }
  }

  /** While nothing may be sent, jobs wait in the queue, where a person can see, edit and remove them. */
  async function standBack(): Promise<void> {
    await startAfresh();
    await changed.wait(Math.min(backoff.waitMs() || lookWhileBusyMs, lookWhileIdleMs));
  }

  /** Lets what is under way come to its end, then puts everything taken back to its place in the queue. */
  async function startAfresh(): Promise<void> {
    await dispatcher.hold();
    breaks = options.breaks();
    if (remembered.size > mostTriesRemembered) remembered.clear();
    for (const { messages } of jobs.values()) messages.forEach(rememberTries);
    jobs.clear();
    order.clear();
    messagesInHand = 0;
    bytesInHand = 0;
    await queue.giveBack();
    doubtful = false;
    dispatcher.resume();
  }

  function rememberTries(message: PendingMessage): void {
    for (const [piece, { tries }] of message.operations.entries()) {
      if (tries.requests > 0) remembered.set(triesKey(message, piece), tries);
    }
  }

  const running = run();

  return {
    lease,
    async backlog() {
      const { waiting, other } = await queue.state(0);
      return { jobs: waiting + other, oldestMs: waiting > 0 ? await queue.oldestWaitingMs() : 0 };
    },
    wake() {
      woken = true;
      if (awaitsJobs) changed.notify();
    },
    update(newConnection, newClient) {
      connection = newConnection;
      // Requests under way end as they began; the old client's idle connections close by themselves.
      client = newClient;
      backoff.reset();
      changed.notify();
      dispatcher.notify();
    },
    async stop() {
      stopping = true;
      changed.notify();
      await running;
    },
  };
}
