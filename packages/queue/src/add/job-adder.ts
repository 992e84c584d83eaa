import { isReady, type RedisClient, type Replication } from "@customerio-router/redis";
import { wake } from "../wake.ts";
import { addJobs } from "./add-jobs.ts";
import { type NewJob, withoutCopies } from "./new-job.ts";

/** Default number of messageIds remembered per connection. */
const defaultRememberedIds = 1_000_000;

/** Added in one step: Redis is free in between. */
const jobsAtOnce = 50;

export type JobAdderOptions = {
  /** A client with the producer's profile. */
  redis: RedisClient;
  /** MessageIds remembered of each connection, between half of these and all; 0: none. */
  rememberedIds?: number;
  /** Called with messages that were left out as already known. */
  onCopies?: (connectionId: string, messages: number) => void;
  /** Asked before the first job of a connection, and again after Redis lost its data. Left out: every connection exists. */
  confirm?: (connectionId: string) => Promise<boolean>;
  /** Waits for replicas. */
  replication?: Replication | undefined;
};

/** The digests of messages that were known before; undefined where nobody can say. */
export type Known = ReadonlySet<string> | undefined;

export type JobAdder = {
  /**
   * Resolves once Redis holds the jobs, in their order. Messages whose ids are remembered are left out, and told. Takes no
   * further step once the signal is aborted; what was under way may be kept all the same.
   * @throws ConnectionGoneError, ConnectionLostError, TooFewReplicasError
   */
  add(connectionId: string, jobs: NewJob[], signal?: AbortSignal): Promise<Known>;
};

/** The connection was deleted: its messages have nowhere to go, now and later. */
export class ConnectionGoneError extends Error {
  override name = "ConnectionGoneError";
  constructor(connectionId: string) {
    super(`Connection ${connectionId} was deleted and accepts no messages`);
  }
}

/** Redis does not have the connection, so its messages would not be delivered. */
export class ConnectionLostError extends Error {
  override name = "ConnectionLostError";
  constructor(connectionId: string) {
    super(`Redis does not have connection ${connectionId}`);
  }
}

/** Adds jobs to the connections' queues, each message once. */
export function createJobAdder(options: JobAdderOptions): JobAdder {
  const { redis, rememberedIds = defaultRememberedIds, onCopies, confirm, replication } = options;
  const most = Math.ceil(rememberedIds / 2);

  async function addPart(
    connectionId: string,
    jobs: NewJob[],
    signal: AbortSignal | undefined,
  ): Promise<string[]> {
    const known: string[] = [];
    let fresh = jobs;
    let isConfirmed = confirm === undefined;
    while (fresh.length > 0) {
      signal?.throwIfAborted();
      const result = await addJobs(redis, { connectionId, jobs: fresh, most, isConfirmed, replication });
      if (result === "gone") throw new ConnectionGoneError(connectionId);
      if (result === "unconfirmed") {
        if (!(await confirm?.(connectionId))) throw new ConnectionLostError(connectionId);
        isConfirmed = true;
        continue;
      }
      if (result.size === 0) break;
      known.push(...result);
      fresh = leaveOut(connectionId, fresh, result);
    }
    return known;
  }

  function leaveOut(connectionId: string, jobs: NewJob[], known: ReadonlySet<string>): NewJob[] {
    const fresh = withoutCopies(jobs, known);
    const copies = countMessages(jobs) - countMessages(fresh);
    if (copies > 0) onCopies?.(connectionId, copies);
    return fresh;
  }

  return {
    async add(connectionId, jobs, signal) {
      if (!isReady(redis)) throw new Error("There is no connection to Redis");
      const fresh = leaveOut(connectionId, jobs, new Set());
      const known = new Set<string>();
      for (let from = 0; from < fresh.length; from += jobsAtOnce) {
        const part = fresh.slice(from, from + jobsAtOnce);
        for (const digest of await addPart(connectionId, part, signal)) known.add(digest);
      }
      void wake(redis, connectionId);
      return most === 0 ? undefined : known;
    },
  };
}

function countMessages(jobs: NewJob[]): number {
  return jobs.reduce((sum, { digests }) => sum + digests.length, 0);
}
