import {
  changeChannel,
  connectionKeys,
  defineScript,
  type RedisClient,
  subscribe,
} from "@customerio-router/redis";

/**
 * Told the id of a connection that was created, updated or removed, or "" where a source was; told nothing when that is not known:
 * once watching has begun, and whenever changes may have been missed. Then all connections are to be looked at anew.
 */
export type OnConnectionChange = (id?: string) => void;

export type ConnectionWatch = AsyncDisposable & { close(): Promise<void> };

/** Pub/sub promises nothing: a lost message, the loss of all data and a backup put back are noticed within this time. */
const pollMs = 1_000;

const sizedKeys = [
  connectionKeys.records,
  connectionKeys.names,
  connectionKeys.sources,
  connectionKeys.sourceNames,
  connectionKeys.writeKeys,
  connectionKeys.apiKeys,
];

/** The version, and how many fields each hash of the connections has. */
const readState = defineScript<[version: string | null, sizes: string]>(
  "readConnectionState",
  `local sizes = {}
   for at = 2, #KEYS do sizes[at - 1] = redis.call('HLEN', KEYS[at]) end
   return { redis.call('GET', KEYS[1]), table.concat(sizes, ' ') }`,
);

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
  let polled: { version: number; sizes: string } | undefined;
  const poll = async () => {
    if (polling) return;
    polling = true;
    try {
      const [text, sizes] = await readState(redis, [connectionKeys.version, ...sizedKeys], []);
      const version = Number(text ?? 0);
      // A backup comes back key by key, and the version may be the first.
      const hasUntoldChange = version === polled?.version && sizes !== polled.sizes;
      polled = { version, sizes };
      if (hasUntoldChange && !closed) onChange();
      notice(version);
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
