import { changeChannel, connectionKeys, type RedisClient } from "@customerio-router/redis";

/**
 * Told the id of a connection that was created, updated or removed; told nothing when that is not known:
 * once watching has begun, and whenever changes may have been missed. Then all connections are to be looked at anew.
 */
export type OnConnectionChange = (id?: string) => void;

export type ConnectionWatch = AsyncDisposable & { close(): Promise<void> };

/** Pub/sub promises nothing: a message that was lost, or the loss of all data, is noticed by the version within this time. */
const pollMs = 1_000;

/** Watches on a Redis connection of its own, since a subscribed one can do nothing else. Never throws: it goes on by itself. */
export function watchConnections(redis: RedisClient, onChange: OnConnectionChange): ConnectionWatch {
  const subscriber = duplicate(redis);
  let seen: number | undefined;
  let closed = false;

  const notice = (version: number, id?: string) => {
    if (closed || version === seen) return;
    const isNext = seen !== undefined && version === seen + 1;
    seen = version;
    onChange(isNext ? id : undefined);
  };
  let polling = false;
  const poll = async () => {
    if (polling) return;
    polling = true;
    try {
      notice(Number((await redis.get(connectionKeys.version)) ?? 0));
    } catch {
      // The owner of `redis` logs that it is away; what is missed now is seen by a later poll.
    } finally {
      polling = false;
    }
  };

  subscriber.on("message", (_channel: string, text: string) => {
    const [version, id] = text.split(" ");
    notice(Number(version), id);
  });
  // The owner of `redis` hears of the same outage; this connection comes back by itself.
  subscriber.on("error", () => {});
  subscriber.on("ready", () => void poll());
  subscriber.subscribe(changeChannel).then(poll, () => {});
  const timer = setInterval(() => void poll(), pollMs);

  const close = async () => {
    closed = true;
    clearInterval(timer);
    subscriber.disconnect();
  };
  return { close, [Symbol.asyncDispose]: close };
}

/** Waits for Redis however long it is away, whatever haste the given connection is configured for. */
function duplicate(redis: RedisClient): RedisClient {
  const patient = {
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    commandTimeout: undefined,
    lazyConnect: false,
  };
  const retry = (times: number) => Math.min(100 * times, 1_000);
  return "nodes" in redis
    ? redis.duplicate([], { enableOfflineQueue: true, lazyConnect: false, clusterRetryStrategy: retry })
    : redis.duplicate({ ...patient, retryStrategy: retry });
}
