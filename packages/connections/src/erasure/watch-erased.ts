import { type Entry, peopleOf, redactEntry } from "@customerio-router/messages";
import { erasureChannel, erasureKeys, type RedisClient, subscribe } from "@customerio-router/redis";
import { createErasedLookup, readErasedList, type StoredList } from "./erased-list.ts";
import { openErasureCipher } from "./erasure-cipher.ts";

/** Pub/sub promises nothing: a change whose news was lost is noticed within this time. */
const pollMs = 1_000;

/** The erased people as this process knows them. */
export type ErasedPeople = AsyncDisposable & {
  /** What is kept of an entry: the entry itself unless its person is erased. Costs nothing while nobody is. */
  pass(connectionId: string, entry: Entry): Entry;
  /** Nobody is erased, or nobody can be recognized. */
  readonly isEmpty: boolean;
  /** The version of the list that counts here; -1 until it was read. */
  readonly version: number;
  /** Why the list cannot be used; undefined when it can. */
  readonly problem: string | undefined;
  /** Reads the list. Resolves once it counts. @throws what Redis throws */
  refresh(): Promise<void>;
};

export type ErasedPeopleOptions = {
  redis: RedisClient;
  /** Without it nobody can be recognized. */
  secretKey: string | undefined;
  /** What a former process knew: counts until Redis was read. */
  formerly?: StoredList | undefined;
  /** Hears the list whenever it has changed, before it counts as known. */
  onChange?: (list: StoredList) => void;
};

/** Never throws: it goes on by itself. */
export function watchErased(options: ErasedPeopleOptions): ErasedPeople {
  const { redis, secretKey, formerly, onChange = () => {} } = options;
  let version = -1;
  let problem: string | undefined;
  let isErased: ReturnType<typeof createErasedLookup> | undefined;
  let reading: Promise<void> | undefined;
  let closed = false;

  function use(list: StoredList): void {
    version = list.version;
    isErased = undefined;
    problem = undefined;
    if (list.entries.length === 0) return;
    try {
      if (secretKey === undefined) throw new Error("SECRET_KEY is not set");
      if (list.sealedKey === undefined) throw new Error("Redis lost its key");
      isErased = createErasedLookup(list.entries, openErasureCipher(list.sealedKey, secretKey));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      problem = `Messages of erased people cannot be recognized here: ${why}`;
    }
  }
  if (formerly !== undefined) use({ ...formerly, version: -1 });

  async function read(): Promise<void> {
    const list = await readErasedList(redis);
    if (list.version === version || closed) return;
    use(list);
    onChange(list);
  }

  /** One after the other, so that an older answer replaces no newer one. */
  async function refresh(): Promise<void> {
    const before = reading ?? Promise.resolve();
    const mine = before.catch(() => {}).then(read);
    reading = mine;
    await mine.finally(() => {
      if (reading === mine) reading = undefined;
    });
  }

  async function poll(): Promise<void> {
    // The owner of `redis` logs that it is away; what is missed now is seen by a later poll.
    const now = Number((await redis.get(erasureKeys.version).catch(() => null)) ?? Number.NaN);
    if (version < 0 || (Number.isFinite(now) && now !== version)) await refresh().catch(() => {});
  }
  const subscription = subscribe(redis, erasureChannel, {
    onMessage: () => void poll(),
    onSubscribed: () => void poll(),
  });
  const timer = setInterval(() => void poll(), pollMs);

  return {
    pass(connectionId, entry) {
      if (isErased === undefined || entry.erased) return entry;
      const people = peopleOf(entry.message);
      return isErased(connectionId, people) ? redactEntry(entry, people) : entry;
    },
    get isEmpty() {
      return isErased === undefined;
    },
    get version() {
      return version;
    },
    get problem() {
      return problem;
    },
    refresh,
    async [Symbol.asyncDispose]() {
      closed = true;
      clearInterval(timer);
      subscription.close();
    },
  };
}
