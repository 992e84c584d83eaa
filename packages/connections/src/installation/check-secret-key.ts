import { setTimeout as sleep } from "node:timers/promises";
import type { RedisClient } from "@customerio-router/redis";
import type { Logger } from "@customerio-router/service";
import { requireSecretKey, WrongSecretKeyError } from "./require-secret-key.ts";

/** A Redis that has not answered by then counts as away at the start. */
const startMs = 2_000;
/** A person may correct the installation meanwhile, with `npm run rekey`. */
const againMs = 1_000;

export type SecretKeyCheck = Disposable & {
  /** Why SECRET_KEY cannot serve; `undefined` also while Redis has not answered. */
  readonly problem: string | undefined;
  /**
   * Resolves once SECRET_KEY is this installation's.
   * Rejects with WrongSecretKeyError if it is not and Redis answers at the start.
   */
  readonly passed: Promise<void>;
};

/**
 * Checks SECRET_KEY against what Redis holds. A process that has waited for Redis stays up with a wrong key: it says so
 * in its log and by `problem`, and checks again until the key is right.
 */
export function startSecretKeyCheck(options: {
  redis: RedisClient;
  secretKey: string;
  logger: Pick<Logger, "error" | "info">;
}): SecretKeyCheck {
  const { redis, secretKey, logger } = options;
  const startedAt = performance.now();
  const ended = new AbortController();
  let problem: string | undefined;

  async function check(): Promise<void> {
    for (;;) {
      const wrong = await findWrongKey({ redis, secretKey });
      if (wrong === undefined) break;
      const isAtStart = problem === undefined && performance.now() - startedAt < startMs;
      if (isAtStart) throw wrong;
      if (problem === undefined) logger.error(wrong.message);
      problem = wrong.message;
      await sleep(againMs, undefined, { signal: ended.signal, ref: false });
    }
    if (problem !== undefined) logger.info("SECRET_KEY is now this installation's");
    problem = undefined;
  }

  const passed = check();
  // Whoever starts with the key waits for it; until then, or once stopped, nobody does.
  passed.catch(() => {});
  return {
    get problem() {
      return problem;
    },
    passed,
    [Symbol.dispose]: () => ended.abort(),
  };
}

async function findWrongKey({
  redis,
  secretKey,
}: {
  redis: RedisClient;
  secretKey: string;
}): Promise<WrongSecretKeyError | undefined> {
  try {
    await requireSecretKey(redis, secretKey);
    return undefined;
  } catch (error) {
    if (error instanceof WrongSecretKeyError) return error;
    throw error;
  }
}
