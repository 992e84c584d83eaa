import type { WriteKeyLookup } from "@customerio-router/connections";
import {
  ConnectionGoneError,
  type JobAdder,
  type Keep,
  type Known,
  type NewJob,
  TooFewReplicasError,
} from "@customerio-router/queue";
import { patience, withTimeout } from "@customerio-router/redis";
import type { RedisWatch } from "./redis-watch.ts";
import type { Spool } from "./spool/spool.ts";

/**
 * Adds jobs to Redis while it can take them and has their connection, otherwise to the spool. While the spool has
 * messages of a connection, new ones join them there, to keep their order. A job that Redis took although the write
 * failed goes to the spool under the same id.
 */
export function createKeep(options: {
  adder: JobAdder;
  watch: RedisWatch;
  spool: Spool | undefined;
  lookup: Pick<WriteKeyLookup, "isMissing" | "movedFrom">;
  /** Whether a connection has as much waiting in Redis as it may: then its messages go to the spool. */
  isOver: (connectionId: string) => boolean;
  onTooFewReplicas: () => void;
}): Keep {
  const { adder, watch, spool, lookup, isOver, onTooFewReplicas } = options;

  async function keepInRedis(connectionId: string, jobs: NewJob[], ms: number): Promise<Known> {
    watch.countWritten(jobs.reduce((sum, { data }) => sum + Buffer.byteLength(data), 0));
    try {
      return await withTimeout(ms, (signal) => adder.add(connectionId, jobs, signal));
    } catch (error) {
      watch.reportFailure(error);
      if (error instanceof TooFewReplicasError) onTooFewReplicas();
      throw error;
    }
  }

  if (spool === undefined) {
    return async (connectionId, jobs) => {
      if (!watch.takes) throw new Error(`Redis is ${watch.condition}, and there is no spool`);
      return keepInRedis(connectionId, jobs, patience.withoutSpoolMs);
    };
  }
  /** Which messages are known comes to light when they leave the spool. */
  const spoolUnchecked = async (connectionId: string, jobs: NewJob[]): Promise<undefined> => {
    await spool.append(connectionId, jobs);
    return undefined;
  };
  return async (connectionId, jobs) => {
    const mayGoToRedis = () =>
      !lookup.isMissing(connectionId) &&
      !isOver(connectionId) &&
      ![connectionId, ...lookup.movedFrom(connectionId)].some(spool.stock.holds);
    if (watch.condition === "good" && mayGoToRedis()) {
      try {
        return await keepInRedis(connectionId, jobs, patience.besideSpoolMs);
      } catch (error) {
        // The connection was deleted: the spool would keep the messages for ever. And what too few replicas have is in
        // Redis already: the caller is told to send it again.
        if (error instanceof ConnectionGoneError || error instanceof TooFewReplicasError) throw error;
        return spoolUnchecked(connectionId, jobs);
      }
    }
    try {
      return await spoolUnchecked(connectionId, jobs);
    } catch (error) {
      // A spool that is full, or whose disk fails, counts as none.
      if (!watch.takes || !mayGoToRedis()) throw error;
      return keepInRedis(connectionId, jobs, patience.withoutSpoolMs);
    }
  };
}
