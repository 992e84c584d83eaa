import { type Backend, createBackend } from "./backend.ts";
import { wakeChannel } from "./names.ts";
import { jobName, type NewJob } from "./new-job.ts";
import { isReady, type RedisClient } from "./redis.ts";
import { createRememberedIds } from "./remembered-ids.ts";

/** How many messageIds of each connection are remembered unless somebody says otherwise. */
const defaultRememberedIds = 1_000_000;

export type JobAdderOptions = {
  /** A client with the producer's profile. */
  redis: RedisClient;
  /** MessageIds remembered of each connection; 0: none. */
  rememberedIds?: number;
  /** Hears of messages that were left out, being remembered already. */
  onCopies?: (connectionId: string, messages: number) => void;
};

export type JobAdder = {
  /**
   * Resolves once Redis holds the jobs, in their order, and remembers the messageIds. Messages whose ids are remembered
   * already are left out. Takes no further step once the signal is aborted; what was under way may be kept all the same.
   */
  add(connectionId: string, jobs: NewJob[], signal?: AbortSignal): Promise<void>;
};

/** Adds jobs to the connections' queues, each message once. */
export function createJobAdder(options: JobAdderOptions): JobAdder {
  const { redis, rememberedIds = defaultRememberedIds, onCopies } = options;
  const ids = createRememberedIds({ redis, most: rememberedIds });
  const queues = new Map<string, ReturnType<Backend["queue"]>>();
  let backend: Backend | undefined;

  /** Made when Redis is there: a BullMQ queue made while it is away would wait for ever. */
  function queueOf(connectionId: string) {
    backend ??= createBackend(redis);
    const queue = queues.get(connectionId) ?? backend.queue(connectionId);
    queues.set(connectionId, queue);
    return queue;
  }

  async function add(connectionId: string, jobs: NewJob[], signal?: AbortSignal): Promise<void> {
    if (!isReady(redis)) throw new Error("There is no connection to Redis");
    const digests = rememberedIds > 0 ? digestsOf(jobs) : [];
    const known = digests.length > 0 ? await ids.known(connectionId, digests) : new Set<string>();
    signal?.throwIfAborted();
    const fresh = withoutCopies(jobs, known);
    const copies = countMessages(jobs) - countMessages(fresh);
    if (copies > 0) onCopies?.(connectionId, copies);
    if (fresh.length === 0) return;
    await queueOf(connectionId).addBulk(
      fresh.map(({ id, entries }) => ({ name: jobName(entries), data: { entries }, opts: { jobId: id } })),
    );
    const woken = redis.publish(wakeChannel, connectionId);
    const remembered = ids.remember(
      connectionId,
      digests.filter((digest) => !known.has(digest)),
    );
    // The messages are kept: an id that is not remembered costs a copy, which Customer.io takes for the same event.
    await Promise.allSettled([woken, remembered]);
  }

  return { add };
}

function digestsOf(jobs: NewJob[]): string[] {
  return jobs.flatMap(({ digests }) => digests.filter((digest) => digest !== null));
}

/** The jobs without messages that are known or come twice in them; a job with nothing left is left out. */
function withoutCopies(jobs: NewJob[], known: ReadonlySet<string>): NewJob[] {
  const seen = new Set(known);
  const isFirst = (digest: string | null): boolean => {
    if (digest === null) return true;
    const isNew = !seen.has(digest);
    seen.add(digest);
    return isNew;
  };
  const fresh = jobs.map((job): NewJob => {
    const kept = job.digests.map(isFirst);
    if (!kept.includes(false)) return job;
    const only = <Item>(items: Item[]) => items.filter((_, index) => kept[index]);
    return { ...job, entries: only(job.entries), digests: only(job.digests) };
  });
  return fresh.filter(({ entries }) => entries.length > 0);
}

function countMessages(jobs: NewJob[]): number {
  return jobs.reduce((sum, { entries }) => sum + entries.length, 0);
}
