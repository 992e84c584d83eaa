import { setTimeout as sleep } from "node:timers/promises";
import type { ErasedPeople, WriteKeyLookup } from "@customerio-router/connections";
import {
  ConnectionGoneError,
  ConnectionLostError,
  contentOfText,
  type JobAdder,
} from "@customerio-router/queue";
import { withTimeout } from "@customerio-router/redis";
import { createSparseLog, type Logger } from "@customerio-router/service";
import { createDrainPace } from "./drain-pace.ts";
import type { Held } from "./held.ts";
import type { RedisWatch } from "./redis-watch.ts";
import { passData } from "./spool/pass-data.ts";
import type { Spool, SpooledJob } from "./spool/spool.ts";

/** Time for one write to Redis; no caller waits for the drain. */
const timeoutMs = 10_000;

/** Pause while there is nothing to move, or while Redis takes nothing. */
const idleMs = 20;

/** How long draining may take once the process stops; it has 30 s in all. */
const finishMs = 10_000;

/**
 * Moves jobs from the spool to Redis, oldest first, while Redis takes writes and has the connection. Disposing drains for
 * at most 10 s more; the rest stays on disk for the next start.
 */
export function startDrain(options: {
  spool: Spool;
  adder: JobAdder;
  watch: RedisWatch;
  held: Held;
  lookup: Pick<WriteKeyLookup, "has" | "isRead" | "movedFrom">;
  /** Whether a connection has as much waiting in Redis as it may: then its messages stay here. */
  isOver: (connectionId: string) => boolean;
  people: Pick<ErasedPeople, "pass" | "isEmpty" | "version">;
  logger: Logger;
}): AsyncDisposable {
  const { spool, adder, watch, held, lookup, isOver, people, logger } = options;
  const log = createSparseLog(logger);
  const pace = createDrainPace();
  let endsAt = Number.POSITIVE_INFINITY;

  /** @returns the number of jobs moved */
  async function drainSome(connectionId: string): Promise<number> {
    const atOnce = pace.jobsNow(connectionId);
    if (atOnce === 0) return 0;
    try {
      const jobs = (await spool.read(connectionId)).slice(0, atOnce);
      if (jobs.length > 0) await move(connectionId, jobs);
      pace.speedUp(connectionId);
      return jobs.length;
    } catch (error) {
      // The lookup soon finds the connection missing, and `held` handles its messages.
      const isGone = error instanceof ConnectionGoneError || error instanceof ConnectionLostError;
      if (!isGone)
        log.warn(
          "drain",
          { connection: connectionId, err: error },
          "could not drain the spool; trying again",
        );
      pace.slowDown(connectionId);
      return 0;
    }
  }

  /** A row may be read before the spool is purged of somebody. */
  function withoutErased(connectionId: string, job: SpooledJob): SpooledJob {
    if (people.isEmpty) return job;
    const data = passData(job.data, (entry) => people.pass(connectionId, entry));
    return data === job.data ? job : { ...job, data, content: contentOfText(data, job.madeAtMs) };
  }

  async function move(connectionId: string, jobs: SpooledJob[]): Promise<void> {
    const passed = jobs.map((job) => withoutErased(connectionId, job));
    watch.countWritten(jobs.reduce((sum, { bytes }) => sum + bytes, 0));
    try {
      await withTimeout(timeoutMs, (signal) => adder.add(connectionId, passed, signal));
    } catch (error) {
      watch.reportFailure(error);
      throw error;
    }
    await spool.remove(connectionId, jobs);
  }

  function drainable(): string[] {
    return spool.stock.connections().filter((id) => lookup.has(id) && !hasOlder(id) && !isOver(id));
  }

  /** Whether older messages wait under the connection's id from before Redis lost it: those come first. */
  function hasOlder(connectionId: string): boolean {
    return lookup.movedFrom(connectionId).some((from) => !lookup.has(from) && spool.stock.holds(from));
  }

  async function resolveHeld(): Promise<void> {
    try {
      await held.resolve();
    } catch (error) {
      log.warn("held", { err: error }, "could not assign or drop messages of lost connections");
    }
  }

  async function drainAll(): Promise<number> {
    let gone = 0;
    if (watch.takes) await resolveHeld();
    for (const connectionId of drainable()) {
      // Who was erased while this intake was down must be known before the first row goes.
      if (watch.takes && people.version >= 0) gone += await drainSome(connectionId);
    }
    return gone;
  }

  function goesOn(): boolean {
    const isStopping = endsAt < Number.POSITIVE_INFINITY;
    // Held messages wait for a person's decision, so closing does not wait for them.
    const hasMore = lookup.isRead ? drainable().length > 0 : spool.stock.bytes > 0;
    return !isStopping || (hasMore && watch.takes && performance.now() < endsAt);
  }

  async function run(): Promise<void> {
    while (goesOn()) {
      const gone = await drainAll();
      if (gone === 0) await sleep(idleMs);
      else if (spool.stock.bytes === 0) logger.info("the spool is empty");
    }
  }
  const running = run();

  return {
    async [Symbol.asyncDispose]() {
      endsAt = performance.now() + finishMs;
      await running;
      const { messages, bytes } = spool.stock.total();
      if (messages > 0) logger.warn({ messages, bytes }, "messages stay in the spool for the next start");
    },
  };
}
