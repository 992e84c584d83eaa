import { isReady, type RedisClient } from "../client/redis-client.ts";
import { tellRedisWarnings } from "../info/redis-warnings.ts";
import { explainConnectionError } from "../problems/explain-redis-error.ts";
import { breaksOff, type RedisProblem } from "../problems/redis-problems.ts";
import { createCurrentProblem } from "./current-problem.ts";
import { findTlsMismatch } from "./find-tls-mismatch.ts";
import { findWriteProblem } from "./find-write-problem.ts";
import type { HealthLog } from "./health-log.ts";
import { probe } from "./probe.ts";

/** Permissions can change while a connection stays: as long as something is wrong, asking probes again, at most this often. */
const probeAgainMs = 1_000;
const diagnoseAgainMs = 5_000;

/** Whether Redis can serve. */
export type RedisHealth = Disposable & {
  /** Why it cannot, as far as is known. */
  readonly problem: RedisProblem | undefined;
  /** Why it cannot, also by a small write. Never rejects. */
  findProblem(): Promise<RedisProblem | undefined>;
};

/** Probes each new connection, and logs what is wrong whenever that changes. Works by the client's events, without timers. */
export function watchRedisHealth(options: {
  redis: RedisClient;
  /** REDIS_URL. */
  url: string;
  logger: HealthLog;
}): RedisHealth {
  const { redis, logger } = options;
  const problem = createCurrentProblem(logger);
  const diagnose = createDiagnosis(options.url);
  const probing = createProbing(redis, (found) => problem.set(found));
  /** Whether the connection has said why it fails, or was ready. */
  let isExplained = false;

  const onReady = () => {
    isExplained = true;
    probing.start();
  };
  const onError = (error: Error) => {
    // Of a Cluster one node may be away.
    const cause = isReady(redis) ? undefined : explainConnectionError(error);
    if (cause) problem.setUnlessLasting(cause);
    isExplained ||= cause !== undefined && cause.sentence !== breaksOff.sentence;
  };
  const onClose = async () => {
    const isKnown = isExplained && problem.get() !== undefined;
    isExplained = false;
    if (isKnown) return;
    problem.setUnlessLasting(breaksOff);
    const mismatch = await diagnose();
    if (mismatch && !isReady(redis)) problem.set(mismatch);
  };
  const listeners = { ready: onReady, error: onError, "node error": onError, close: onClose };
  for (const [event, listener] of Object.entries(listeners)) redis.on(event, listener);
  tellRedisWarnings(redis, (warning) => logger.warn(warning));
  if (isReady(redis)) onReady();

  return {
    get problem() {
      return problem.get();
    },
    async findProblem() {
      if (!isReady(redis)) return problem.get() ?? breaksOff;
      if (problem.get() || !probing.isDone) probing.repeat();
      // Also where something is wrong: a reply of READONLY makes a new connection.
      const found = await findWriteProblem(redis);
      return problem.get() ?? found;
    },
    [Symbol.dispose]() {
      for (const [event, listener] of Object.entries(listeners)) redis.off(event, listener);
    },
  };
}

/** One probe at a time. */
function createProbing(redis: RedisClient, tell: (found: RedisProblem | undefined) => void) {
  let last = Promise.resolve();
  let isWaiting = false;
  let isDone = false;
  let startedAtMs = Number.NEGATIVE_INFINITY;

  async function run(): Promise<void> {
    isWaiting = false;
    startedAtMs = performance.now();
    try {
      tell(await probe(redis));
      isDone = true;
    } catch {
      // Redis was silent, or the connection broke: this one is probed again when somebody asks, or else the next one.
    }
  }

  function start(): void {
    isDone = false;
    if (isWaiting) return;
    isWaiting = true;
    last = last.then(run);
  }

  return {
    /** Whether the connection has been probed to the end. */
    get isDone() {
      return isDone;
    },
    start,
    repeat() {
      if (performance.now() - startedAtMs > probeAgainMs) start();
    },
  };
}

/** Now and then: a connection to Redis is made for it. */
function createDiagnosis(redisUrl: string): () => Promise<RedisProblem | undefined> {
  const [url = ""] = redisUrl.split(",").map((part) => part.trim());
  let startedAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - startedAtMs < diagnoseAgainMs) return undefined;
    startedAtMs = performance.now();
    return await findTlsMismatch(url);
  };
}
