import { outboxKeys, queueKeys, type RedisClient } from "@customerio-router/redis";
import { splitElement } from "@customerio-router/reports";

/** A job as its hash has it. */
export type ScannedJob = {
  id: string;
  state: "waiting" | "failed" | "completed";
  data: string;
  /** Of a completed job. */
  traces: string | undefined;
  /** Unix milliseconds. */
  madeAtMs: number;
  failedReason: string | undefined;
};

const jobsAtOnce = 20;

/** All jobs of a connection, those first that will be sent. A job that moves meanwhile may come twice, or not at all. */
export async function* scanJobs(
  redis: RedisClient,
  connectionId: string,
): AsyncGenerator<ScannedJob, void, undefined> {
  const { wait, active, prioritized, delayed, failed, completed, job } = queueKeys(connectionId);
  const sets: [ScannedJob["state"], () => Promise<string[]>][] = [
    ["waiting", () => redis.lrange(active, 0, -1)],
    ["waiting", () => redis.lrange(wait, 0, -1)],
    ["waiting", () => redis.zrange(prioritized, 0, -1)],
    ["waiting", () => redis.zrange(delayed, 0, -1)],
    ["failed", () => redis.zrange(failed.set, 0, -1)],
    ["completed", () => redis.zrange(completed.set, 0, -1)],
    // A completed job that a person took out of Bull Board is still the record of its messages.
    ["completed", () => listHidden(redis, connectionId)],
  ];
  for (const [state, list] of sets) {
    const ids = await list();
    for (let from = 0; from < ids.length; from += jobsAtOnce) {
      const part = ids.slice(from, from + jobsAtOnce);
      const found = await Promise.all(
        part.map((id) => redis.hmget(job(id), "data", "traces", "timestamp", "failedReason")),
      );
      for (const [index, [data, traces, madeAtMs, failedReason]] of found.entries()) {
        if (typeof data !== "string") continue;
        yield {
          id: part[index] as string,
          state,
          data,
          traces: traces ?? undefined,
          madeAtMs: Number(madeAtMs ?? Date.now()),
          failedReason: failedReason ?? undefined,
        };
      }
    }
  }
}

/** The completed jobs that only the outbox lists. */
async function listHidden(redis: RedisClient, connectionId: string): Promise<string[]> {
  const { completed } = queueKeys(connectionId);
  const shown = new Set(await redis.zrange(completed.set, 0, -1));
  const hidden: string[] = [];
  for await (const { text } of scanElements(redis, connectionId)) {
    const { kind, rest } = splitElement(text);
    if (kind === "j" && !shown.has(rest)) hidden.push(rest);
  }
  return hidden;
}

/** An element of the outbox by its number. */
export type ScannedElement = { number: number; text: string };

const elementsAtOnce = 100;

/** The elements of a connection's outbox that have bodies of their own, the oldest first. */
export async function* scanBodies(
  redis: RedisClient,
  connectionId: string,
): AsyncGenerator<ScannedElement, void, undefined> {
  for await (const element of scanElements(redis, connectionId)) {
    if (splitElement(element.text).kind === "b") yield element;
  }
}

async function* scanElements(
  redis: RedisClient,
  connectionId: string,
): AsyncGenerator<ScannedElement, void, undefined> {
  const { outbox, meta } = outboxKeys(connectionId);
  for (let next = 0; ; ) {
    const removed = Number((await redis.hget(meta, "removed")) ?? 0);
    const from = Math.max(next, removed + 1);
    // What was removed in between makes the places wrong: the owner checks each element, others may miss some.
    const texts = await redis.lrange(outbox, from - removed - 1, from - removed - 2 + elementsAtOnce);
    if (texts.length === 0) return;
    for (const [index, text] of texts.entries()) yield { number: from + index, text };
    next = from + texts.length;
  }
}
