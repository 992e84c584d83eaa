import { isCluster, isReady, type RedisClient } from "@customerio-router/redis";

/** A stopping worker has 25 s in all. The next owner resends what was not written. */
const awayMs = 3_000;
const silentMs = 15_000;
const askMs = 250;

/**
 * For a worker that stops: its client holds commands until Redis is back, which may be never. Once Redis has been away for
 * 3 s, or 15 s have passed, they fail. Dispose of it when nothing waits any more.
 */
export function giveUpOnRedis(redis: RedisClient): Disposable {
  const startedAtMs = performance.now();
  let readyAtMs = startedAtMs;
  const timer = setInterval(() => {
    const now = performance.now();
    if (isReady(redis)) readyAtMs = now;
    if (now - readyAtMs < awayMs && now - startedAtMs < silentMs) return;
    clearInterval(timer);
    stopRetrying(redis);
  }, askMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** `disconnect` alone leaves commands pending while ioredis waits for its next attempt to connect. */
function stopRetrying(redis: RedisClient): void {
  if (isCluster(redis)) redis.options.clusterRetryStrategy = () => null;
  else redis.options.retryStrategy = () => null;
  if (redis.status !== "reconnecting") redis.disconnect();
}
