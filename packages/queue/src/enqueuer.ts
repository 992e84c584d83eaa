import { randomBytes } from "node:crypto";
import { type Backend, createBackend } from "./backend.ts";
import type { Entry } from "./entry.ts";
import { wakeChannel } from "./names.ts";
import { isReady, type RedisClient } from "./redis.ts";

/** Redis did not take the messages in time: nothing may be acknowledged. */
export class QueueUnavailableError extends Error {
  override name = "QueueUnavailableError";
}

/** A job's bounds: large enough to make BullMQ's cost per job small, small enough to look at in Bull Board. */
const jobEntries = 100;
const jobBytes = 256 * 1024;

/** While nothing is being written, the first message waits so long for company. */
const gatherMs = 2;

/** A client waits for each message: after this long it is told that Redis cannot take it. */
const patienceMs = 1200;

export type Enqueuer = {
  /**
   * Resolves once Redis holds all entries, in their order and behind those enqueued before.
   * @throws QueueUnavailableError within about 1.2 s; some of the entries may be kept all the same.
   */
  enqueue(connectionId: string, entries: Entry[]): Promise<void>;
  close(): Promise<void>;
};

type Waiting = { entries: Entry[]; resolve: () => void; reject: (error: Error) => void };
type Group = { waiting: Waiting[]; writing: boolean; timer: NodeJS.Timeout | undefined };

/**
 * Group commit: messages that come while a write for their connection is under way share the next one, so
 * that an idle service writes a job a message and a busy one groups by itself.
 */
export function createEnqueuer(options: { redis: RedisClient }): Enqueuer {
  const { redis } = options;
  const groups = new Map<string, Group>();
  const queues = new Map<string, ReturnType<Backend["queue"]>>();
  let backend: Backend | undefined;

  /** Made when Redis is there: a BullMQ queue made while it is away would wait for ever. */
  function queueOf(connectionId: string) {
    backend ??= createBackend(redis);
    const queue = queues.get(connectionId) ?? backend.queue(connectionId);
    queues.set(connectionId, queue);
    return queue;
  }

  async function write(connectionId: string, group: Group): Promise<void> {
    group.timer = undefined;
    group.writing = true;
    const batch = group.waiting.splice(0);
    try {
      await withinPatience(
        add(
          connectionId,
          batch.flatMap(({ entries }) => entries),
        ),
      );
      for (const { resolve } of batch) resolve();
    } catch (error) {
      const unavailable = new QueueUnavailableError("Redis did not take the messages", { cause: error });
      for (const { reject } of batch) reject(unavailable);
    }
    group.writing = false;
    if (group.waiting.length > 0) void write(connectionId, group);
    else groups.delete(connectionId);
  }

  async function add(connectionId: string, entries: Entry[]): Promise<void> {
    if (!isReady(redis)) throw new Error("There is no connection to Redis");
    const jobs = intoJobs(entries).map((group) => ({
      name: jobName(group),
      data: { entries: group },
      opts: { jobId: `g${randomBytes(12).toString("hex")}` },
    }));
    await queueOf(connectionId).addBulk(jobs);
    await redis.publish(wakeChannel, connectionId);
  }

  return {
    enqueue(connectionId, entries) {
      return new Promise((resolve, reject) => {
        let group = groups.get(connectionId);
        if (!group) {
          group = { waiting: [], writing: false, timer: undefined };
          groups.set(connectionId, group);
        }
        group.waiting.push({ entries, resolve, reject });
        if (group.writing || group.timer) return;
        group.timer = setTimeout(write, gatherMs, connectionId, group);
      });
    },

    async close() {
      while (groups.size > 0) await new Promise((resolve) => setTimeout(resolve, gatherMs));
    },
  };
}

/** Cuts a row of entries into jobs without changing its order. */
function intoJobs(entries: Entry[]): Entry[][] {
  const jobs: Entry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = JSON.stringify(entry).length;
    const job = jobs.at(-1);
    if (job && job.length < jobEntries && bytes + size <= jobBytes) {
      job.push(entry);
      bytes += size;
    } else {
      jobs.push([entry]);
      bytes = size;
    }
  }
  return jobs;
}

/** What a person reads in Bull Board's list. */
function jobName(entries: Entry[]): string {
  const [{ message } = { message: undefined }] = entries;
  if (entries.length > 1) return `${entries.length} messages`;
  const type =
    typeof message === "object" && message !== null && "type" in message ? message.type : undefined;
  return typeof type === "string" ? type.slice(0, 20) : "message";
}

async function withinPatience(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${patienceMs} ms`)), patienceMs);
  });
  // A write that comes to its end after all is no harm: the client sends the message again with the same id.
  work.catch(() => {});
  await Promise.race([work, patience]).finally(() => clearTimeout(timer));
}
