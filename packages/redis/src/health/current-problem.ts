import { type RedisProblem, replica } from "../problems/redis-problems.ts";
import type { HealthLog } from "./health-log.ts";

/** For this long after it served, a Redis that is a replica is taken for a promotion under way. */
const promotionMs = 10_000;

/** Why Redis cannot serve at the moment. */
export type CurrentProblem = {
  get(): RedisProblem | undefined;
  set(next: RedisProblem | undefined): void;
  /** A problem that only a person can correct stays until `set`: each reconnect brings less precise errors. */
  setUnlessLasting(next: RedisProblem): void;
};

/** Logs each change, never a repetition. */
export function createCurrentProblem(logger: HealthLog): CurrentProblem {
  let problem: RedisProblem | undefined = { sentence: "Redis has not answered yet.", isLasting: false };
  let servedAtMs = Number.NEGATIVE_INFINITY;
  /** Redis has served before, so that a problem is an interruption. */
  const hasServed = () => servedAtMs > Number.NEGATIVE_INFINITY;

  function set(next: RedisProblem | undefined): void {
    // Until now.
    if (problem === undefined) servedAtMs = performance.now();
    const former = problem?.sentence;
    const awayMs = performance.now() - servedAtMs;
    const back = hasServed() ? `Redis is back after ${Math.ceil(awayMs / 1_000)} s` : "Redis is ready";
    const isReplica = next?.sentence === replica.sentence;
    problem = isReplica ? { ...replica, isLasting: performance.now() - servedAtMs > promotionMs } : next;
    if (problem === undefined) servedAtMs = performance.now();
    if (problem?.sentence === former) return;
    if (problem === undefined) logger.info(back);
    else logger[problem.isLasting ? "error" : "warn"](problem.sentence);
  }

  return {
    get: () => problem,
    set,
    setUnlessLasting(next) {
      if (next.isLasting || !problem?.isLasting) set(next);
    },
  };
}
