import { ConnectionGoneError, ConnectionLostError } from "@customerio-router/queue";
import {
  isReady,
  type RedisClient,
  type RedisHealth,
  type RedisProblem,
  withTimeout,
} from "@customerio-router/redis";
import type { Logger } from "@customerio-router/service";
import { readMemoryLeft } from "./memory-left.ts";

/** So often Redis is asked how it is; oftener while it is not well, so that nobody waits for it longer than need be. */
const askMs = 1_000;
const askWhileIllMs = 250;

/** A reply later than this is none. */
const silenceMs = 1_000;

/** A reply later than this shows a Redis no client should be made to wait for: to keep a job takes three of them. */
const slowMs = 150;

/** After so many silences in a row the connection is taken for half-open, and a new one is made. */
const maxSilences = 3;

/** Of each byte written Redis's memory grows by so many, at most. */
const growth = 2;

/** It may change by the second; the log need not. */
const logMs = 1_000;

export type RedisCondition = "good" | "slow" | "full" | "away";

/** Looks after Redis, so that no client has to find out by waiting for it. */
export type RedisWatch = Disposable & {
  readonly condition: RedisCondition;
  /** Why Redis cannot serve; undefined while it does, and when it is only silent. */
  readonly problem: RedisProblem | undefined;
  /** Whether Redis takes something at all, however slowly. */
  readonly takes: boolean;
  /** Bytes went to Redis: they count until its memory is looked at again. */
  countWritten(bytes: number): void;
  /**
   * What Redis was asked to do failed, or was late: it counts as away until it has answered again. What it says of one
   * queue alone does not count.
   */
  tellTrouble(error: unknown): void;
};

export function watchRedis(options: { redis: RedisClient; health: RedisHealth; logger: Logger }): RedisWatch {
  const { redis, health, logger } = options;
  let condition: RedisCondition = "away";
  let problem: RedisProblem | undefined;
  let memoryLeft = 0;
  let troubles = 0;
  let silences = 0;
  const log = logChanges(logger);

  function become(next: RedisCondition, error?: unknown): void {
    condition = next;
    log(next, error);
  }

  async function ask(): Promise<void> {
    const askedAt = performance.now();
    const former = troubles;
    let found: RedisProblem | undefined;
    let bytes: number;
    try {
      if (!isReady(redis)) throw new Error(health.problem?.sentence ?? "There is no connection to Redis");
      [bytes, found] = await withTimeout(silenceMs, () =>
        Promise.all([readMemoryLeft(redis), health.findProblem()]),
      );
      if (found !== undefined) throw new Error(found.sentence);
      memoryLeft = bytes;
      silences = 0;
      const tookMs = performance.now() - askedAt;
      // What failed meanwhile failed after this was asked.
      if (troubles === former) become(memoryLeft <= 0 ? "full" : tookMs > slowMs ? "slow" : "good");
    } catch (error) {
      become("away", error);
      if (isReady(redis) && found === undefined) silences += 1;
    }
    problem = found;
    if (silences >= maxSilences) {
      silences = 0;
      redis.disconnect(true);
    }
  }

  let isClosed = false;
  let timer: NodeJS.Timeout;
  async function goOn(): Promise<void> {
    await ask();
    if (!isClosed) timer = setTimeout(goOn, condition === "good" ? askMs : askWhileIllMs);
  }
  timer = setTimeout(goOn, 0);

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
    tellTrouble(error) {
      if (isOfOneQueue(error)) return;
      troubles += 1;
      become("away", error);
    },
    [Symbol.dispose]() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
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
    if (condition === "good") logger.info({ condition }, "Redis is well");
    else logger.warn({ condition, ...(error !== undefined && { err: error }) }, "Redis is not well");
  };
}
