import { changeChannel, connectionKeys, type RedisClient, subscribe } from "@customerio-router/redis";

/**
 * Told the id of a connection that was created, updated or removed; told nothing when that is not known:
 * once watching has begun, and whenever changes may have been missed. Then all connections are to be looked at anew.
 */
export type OnConnectionChange = (id?: string) => void;

export type ConnectionWatch = AsyncDisposable & { close(): Promise<void> };

/** Pub/sub promises nothing: a message that was lost, or the loss of all data, is noticed by the version within this time. */
const pollMs = 1_000;

/** Never throws: it goes on by itself. */
export function watchConnections(redis: RedisClient, onChange: OnConnectionChange): ConnectionWatch {
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

  const subscription = subscribe(redis, changeChannel, {
    onMessage(text) {
      const [version, id] = text.split(" ");
      notice(Number(version), id);
    },
    onSubscribed: () => void poll(),
  });
  const timer = setInterval(() => void poll(), pollMs);

  const close = async () => {
    closed = true;
    clearInterval(timer);
    subscription.close();
  };
  return { close, [Symbol.asyncDispose]: close };
}
