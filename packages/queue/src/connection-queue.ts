import type { JobData } from "@customerio-router/messages";
import { connectionIdOf, type RedisClient } from "@customerio-router/redis";
import { Job, type JobJson, type MinimalQueue, Queue } from "bullmq";
import { cleanJobs, isRemovable, removeJobs } from "./remove-jobs.ts";

/** A person may make a job's data no JSON: then it is read as the text it is, instead of hiding all the others. */
class ReadableJob extends Job {
  static override fromJSON<Data, Result, Name extends string>(
    queue: MinimalQueue,
    json: JobJson,
    jobId?: string,
  ): Job<Data, Result, Name> {
    try {
      // biome-ignore lint/complexity/noThisInStatic: BullMQ makes a job of the class it is called on
      return super.fromJSON(queue, json, jobId);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      // biome-ignore lint/complexity/noThisInStatic: as above
      return super.fromJSON(queue, { ...json, data: JSON.stringify(json.data) }, jobId);
    }
  }

  override async remove(): Promise<void> {
    if ((await (this.queue as unknown as ConnectionQueue).remove(this.id ?? "")) === 1) return;
    throw new Error(`Job ${this.id} cannot be removed now: it is being delivered, or it is gone`);
  }
}

/** The queue of a connection as people look at it and change it. What they remove, the ledger counts as removed. */
export class ConnectionQueue extends Queue<JobData, unknown, string> {
  protected override get Job(): typeof Job {
    // Only its way of reading and removing differs, which says nothing of its type parameters.
    return ReadableJob as unknown as typeof Job;
  }

  /** @returns 1 when the job was removed, 0 when a worker has it or there is none. */
  override async remove(jobId: string): Promise<number> {
    const [result] = await removeJobs(this.#redis, connectionIdOf(this.name), [jobId]);
    return result === "removed" ? 1 : 0;
  }

  /** Removes the jobs that wait; those that are delayed too, if `delayed`. */
  override async drain(delayed = false): Promise<void> {
    const states = delayed
      ? (["wait", "prioritized", "delayed"] as const)
      : (["wait", "prioritized"] as const);
    for (const state of states) await cleanJobs(this.#redis, connectionIdOf(this.name), { state });
  }

  /** Removes the jobs of a state; of finished ones, those that finished at least `graceMs` ago. Never an active one. */
  override async clean(graceMs: number, limit: number, type = "completed"): Promise<string[]> {
    const state = type === "waiting" ? "wait" : type;
    if (!isRemovable(state)) return [];
    const beforeMs = Date.now() - graceMs;
    return await cleanJobs(this.#redis, connectionIdOf(this.name), { state, beforeMs, limit });
  }

  get #redis(): RedisClient {
    return this.opts.connection as RedisClient;
  }
}
