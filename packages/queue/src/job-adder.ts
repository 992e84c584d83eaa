import { Job, type RedisQueueBackend } from "bullmq";
import { type Backend, createBackend } from "./backend.ts";
import { type NewJob, withoutCopies } from "./new-job.ts";
import { isReady, type RedisClient } from "./redis.ts";
import { createRememberedIds } from "./remembered-ids.ts";
import { wake } from "./wake.ts";

/** How many messageIds of each connection are remembered unless somebody says otherwise. */
const defaultRememberedIds = 1_000_000;

export type JobAdderOptions = {
  /** A client with the producer's profile. */
  redis: RedisClient;
  /** MessageIds remembered of each connection; 0: none. */
  rememberedIds?: number;
  /** Hears of messages that were left out, being known already. */
  onCopies?: (connectionId: string, messages: number) => void;
};

export type JobAdder = {
  /**
   * Resolves once Redis holds the jobs, in their order. Messages whose ids are remembered are left out. Takes no further
   * step once the signal is aborted; what was under way may be kept all the same.
   */
  add(connectionId: string, jobs: NewJob[], signal?: AbortSignal): Promise<void>;
};

type Queue = ReturnType<Backend["queue"]>;

/** Adds jobs to the connections' queues, each message once. */
export function createJobAdder(options: JobAdderOptions): JobAdder {
  const { redis, rememberedIds = defaultRememberedIds, onCopies } = options;
  const ids = createRememberedIds({ redis, most: rememberedIds });
  const queues = new Map<string, Queue>();
  /** Connections of which jobs are being added at the moment. */
  const adding = new Set<string>();
  let backend: Backend | undefined;

  /** Made when Redis is there: a BullMQ queue made while it is away would wait for ever. */
  function queueOf(connectionId: string): Queue {
    backend ??= createBackend(redis);
    const queue = queues.get(connectionId) ?? backend.queue(connectionId);
    queues.set(connectionId, queue);
    return queue;
  }

  /** As BullMQ's `addBulk` does it, but that the data is JSON already and ids go along. */
  async function addAll(connectionId: string, jobs: NewJob[]): Promise<void> {
    const queue = queueOf(connectionId);
    const queueBackend = queue.getBackend() as unknown as RedisQueueBackend;
    const pipeline = (await queueBackend.client).pipeline();
    ids.sendAlong(pipeline, connectionId);
    const added = jobs.map(({ id, name, data, madeAtMs }) => {
      const job = new Job(queue, name, {}, { jobId: id, timestamp: madeAtMs }, id);
      return queueBackend.addJobToTransaction(pipeline, { ...job.asJSON(), data }, id);
    });
    const answers = (await pipeline.exec()) ?? [];
    await Promise.all(added);
    for (const [error] of answers) if (error) throw error;
  }

  async function addFresh(
    connectionId: string,
    jobs: NewJob[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const known = await ids.known(connectionId, digestsOf(jobs));
    signal?.throwIfAborted();
    const fresh = withoutCopies(jobs, known);
    const copies = countMessages(jobs) - countMessages(fresh);
    if (copies > 0) onCopies?.(connectionId, copies);
    if (fresh.length === 0) return;
    await addAll(connectionId, fresh);
    ids.note(connectionId, digestsOf(fresh));
    void wake(redis, connectionId);
  }

  return {
    async add(connectionId, jobs, signal) {
      if (!isReady(redis)) throw new Error("There is no connection to Redis");
      adding.add(connectionId);
      try {
        await addFresh(connectionId, jobs, signal);
      } finally {
        adding.delete(connectionId);
        // If more jobs come at once, the ids go along with these.
        setImmediate(() => !adding.has(connectionId) && void ids.send(connectionId));
      }
    },
  };
}

function digestsOf(jobs: NewJob[]): string[] {
  return jobs.flatMap(({ digests }) => digests.filter((digest) => digest !== null));
}

function countMessages(jobs: NewJob[]): number {
  return jobs.reduce((sum, { digests }) => sum + digests.length, 0);
}
