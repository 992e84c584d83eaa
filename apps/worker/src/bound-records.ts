import { type RedisClient, recordBytes, trimRecords } from "@customerio-router/queue";

const everyMs = 10_000;
const keptMs = 24 * 60 * 60 * 1000;

/**
 * Keeps the records of this process's connections within a day and within their part of `bytes`, which is for
 * all connections together: when all of them have too much, each gives up the same share of its own.
 */
export function boundRecords(options: {
  redis: RedisClient;
  bytes: number;
  allConnectionIds: () => Promise<string[]>;
  ownConnectionIds: () => string[];
  onTrouble: (error: unknown) => void;
}): Disposable {
  const { redis, bytes } = options;

  async function trim(): Promise<void> {
    const own = options.ownConnectionIds();
    if (own.length === 0) return;
    const sizes = await Promise.all((await options.allConnectionIds()).map((id) => recordBytes(redis, id)));
    const all = sizes.reduce((sum, size) => sum + size, 0);
    const share = all > bytes ? bytes / all : Number.POSITIVE_INFINITY;
    const beforeMs = Date.now() - keptMs;
    for (const id of own) {
      const most = share === Number.POSITIVE_INFINITY ? bytes : share * (await recordBytes(redis, id));
      await trimRecords(redis, id, { beforeMs, bytes: most });
    }
  }

  let trimming = false;
  const timer = setInterval(async () => {
    if (trimming) return;
    trimming = true;
    await trim().catch(options.onTrouble);
    trimming = false;
  }, everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
