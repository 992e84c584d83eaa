import { type RedisClient, readFormat, refuseFormat } from "@customerio-router/redis";
import { StartError } from "./start-error.ts";
import { startRepeating } from "./start-repeating.ts";

const everyMs = 1_000;

export type FormatWatch = Disposable & {
  /** Resolves once Redis has said that its data is of a format that this version uses. */
  readonly passed: Promise<void>;
};

/**
 * Ends the process where Redis has data of a format that this version does not read, also one that was raised while it runs.
 * What it still settles while it stops is of its own format, which the newer version reads.
 */
export function watchFormat({
  redis,
  fail,
}: {
  redis: RedisClient;
  fail: (error: StartError) => void;
}): FormatWatch {
  const { promise: passed, resolve } = Promise.withResolvers<void>();

  async function check(): Promise<void> {
    const why = refuseFormat(await readFormat(redis));
    if (why === undefined) resolve();
    else fail(new StartError(why));
  }
  // Whoever owns the client logs that Redis is away.
  const checkUnlessAway = () => check().catch(() => {});
  const repeating = startRepeating(everyMs, checkUnlessAway);
  redis.on("ready", checkUnlessAway);
  return {
    passed,
    [Symbol.dispose]() {
      redis.off("ready", checkUnlessAway);
      repeating[Symbol.dispose]();
    },
  };
}
