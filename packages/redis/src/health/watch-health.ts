import { setTimeout as delay } from "node:timers/promises";
import { isReady, type RedisClient } from "../client/redis-client.ts";
import { tellRedisWarnings } from "../info/redis-warnings.ts";
import { explainConnectionError } from "../problems/explain-redis-error.ts";
import { breaksOff, type RedisProblem } from "../problems/redis-problems.ts";
import { createCurrentProblem } from "./current-problem.ts";
import { createDiagnosis } from "./diagnosis.ts";
import { findWriteProblem } from "./find-write-problem.ts";
import type { HealthLog } from "./health-log.ts";
import { createProbing } from "./probing.ts";

/** Whether Redis can serve. */
export type RedisHealth = Disposable & {
  /** The known reason why it cannot. */
  readonly problem: RedisProblem | undefined;
  /** Why it cannot, also by a small write. Never rejects. */
  findProblem(): Promise<RedisProblem | undefined>;
};

/** Asking waits this long for a probe: some 20 ms are usual, and `/readyz` has to answer. */
const maxProbeMs = 500;

/** What is known about the current connection. */
type Connection = {
  /** It said why it fails, or was ready. */
  isExplained: boolean;
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
  const connection: Connection = { isExplained: false };

  const onReady = () => {
    connection.isExplained = true;
    probing.start();
  };
  const onError = (error: Error) => {
    // Of a Cluster one node may be away.
    const cause = isReady(redis) ? undefined : explainConnectionError(error);
    if (cause) problem.setUnlessLasting(cause);
    connection.isExplained ||= cause !== undefined && cause.sentence !== breaksOff.sentence;
  };
  const onClose = async () => {
    const isKnown = connection.isExplained && problem.get() !== undefined;
    connection.isExplained = false;
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
      // Whoever asks once, after it is over, shall not hear of it any more.
      if (problem.get() || !probing.isDone) await Promise.race([probing.repeat(), delay(maxProbeMs)]);
      // Also where something is wrong: a reply of READONLY makes a new connection.
      const found = await findWriteProblem(redis);
      return problem.get() ?? found;
    },
    [Symbol.dispose]() {
      for (const [event, listener] of Object.entries(listeners)) redis.off(event, listener);
    },
  };
}
