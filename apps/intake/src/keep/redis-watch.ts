import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionGoneError, ConnectionLostError, TooFewReplicasError } from "@customerio-router/queue";
import {
  isReady,
  type RedisClient,
  type RedisHealth,
  type RedisProblem,
  withTimeout,
} from "@customerio-router/redis";
import type { Logger } from "@customerio-router/service";
import { readMemoryLeft } from "./memory-left.ts";

/** Poll interval; shorter while Redis has a problem, to notice recovery early. */
const askMs = 1_000;
const askWhileUnavailableMs = 250;

/** A Redis that needs longer than this for a reply is away. */
const silenceMs = 1_000;

/** A Redis that needs longer than this is slow: no client should wait for it, as keeping a job takes three replies. */
const slowMs = 150;

/** After this many silences in a row the connection counts as half-open, and a new one is made. */
const maxSilences = 3;

/** Maximum growth of Redis's memory, in bytes per byte written. */
const growth = 2;

/** Minimum time between log entries about a changed condition. */
const logMs = 1_000;

type RedisCondition = "good" | "slow" | "full" | "away";

/** Watches Redis, so that no client has to wait to find out that it is away. Disposing stops it. */
export type RedisWatch = Disposable & {
  readonly condition: RedisCondition;
  /** Why Redis cannot serve; undefined while it does, and when it is only silent. */
  readonly problem: RedisProblem | undefined;
  /** Whether Redis takes writes, also slowly. */
  readonly takes: boolean;
  /** Counts bytes written to Redis until its memory is read again. */
  countWritten(bytes: number): void;
  /** A write failed or was late: Redis counts as away until it replies again. Errors of one queue alone, and of replicas, do not count. */
  reportFailure(error: unknown): void;
};

export function watchRedis(options: { redis: RedisClient; health: RedisHealth; logger: Logger }): RedisWatch {
  const { redis, health } = options;
  const closing = new AbortController();
  const log = logChanges(options.logger);
  let condition: RedisCondition = "away";
  let problem: RedisProblem | undefined;
  let memoryLeft = 0;
  let failures = 0;

  function become(next: RedisCondition, error?: unknown): void {
    condition = next;
    log(next, error);
  }

  async function ask(): Promise<{ isSilent: boolean }> {
    const failuresBefore = failures;
    const reply = await askRedis(redis, health);
    problem = reply.kind === "failed" ? reply.problem : undefined;
    if (reply.kind === "failed") {
      become("away", reply.error);
      return { isSilent: isReady(redis) && !problem };
    }
    memoryLeft = reply.memoryLeft;
    // A write that failed meanwhile failed after Redis was asked.
    if (failures === failuresBefore)
      become(memoryLeft <= 0 ? "full" : reply.tookMs > slowMs ? "slow" : "good");
    return { isSilent: false };
  }

  async function run(): Promise<void> {
    for (let silences = 0; !closing.signal.aborted; ) {
      const { isSilent } = await ask();
      silences = isSilent ? silences + 1 : 0;
      if (silences >= maxSilences) {
        silences = 0;
        redis.disconnect(true);
      }
      const pauseMs = condition === "good" ? askMs : askWhileUnavailableMs;
      await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => {});
    }
  }
  void run();

  return {
    get condition() {
      return condition;
    },
    get problem() {
      return condition === "away" ? (health.problem ?? problem) : undefined;
    },
    get takes() {
      return condition === "good" || condition === "slow";
    },
    countWritten(bytes) {
      memoryLeft -= growth * bytes;
      if (memoryLeft <= 0 && condition !== "away") become("full");
    },
    reportFailure(error) {
      if (isOfOneQueue(error) || error instanceof TooFewReplicasError) return;
      failures += 1;
      become("away", error);
    },
    [Symbol.dispose]: () => closing.abort(),
  };
}

type RedisReply =
  | { kind: "replied"; memoryLeft: number; tookMs: number }
  | { kind: "failed"; error: unknown; problem: RedisProblem | undefined };

async function askRedis(redis: RedisClient, health: RedisHealth): Promise<RedisReply> {
  const askedAt = performance.now();
  try {
    if (!isReady(redis)) throw new Error(health.problem?.sentence ?? "There is no connection to Redis");
    const [memoryLeft, problem] = await withTimeout(silenceMs, () =>
      Promise.all([readMemoryLeft(redis), health.findProblem()]),
    );
    if (problem) return { kind: "failed", error: new Error(problem.sentence), problem };
    return { kind: "replied", memoryLeft, tookMs: performance.now() - askedAt };
  } catch (error) {
    return { kind: "failed", error, problem: undefined };
  }
}

/** A person can delete a connection, or bring a queue's keys out of order, in Bull Board by a job's id; the others go on. */
function isOfOneQueue(error: unknown): boolean {
  if (error instanceof ConnectionGoneError || error instanceof ConnectionLostError) return true;
  return error instanceof Error && /^(WRONGTYPE|ERR)\b/.test(error.message);
}

function logChanges(logger: Logger): (condition: RedisCondition, error?: unknown) => void {
  let logged: RedisCondition | undefined;
  let loggedAt = Number.NEGATIVE_INFINITY;
  return (condition, error) => {
    if (condition === logged || performance.now() - loggedAt < logMs) return;
    logged = condition;
    loggedAt = performance.now();
    if (condition === "good") logger.info({ condition }, "Redis is available");
    else logger.warn({ condition, ...(error !== undefined && { err: error }) }, `Redis is ${condition}`);
  };
}
