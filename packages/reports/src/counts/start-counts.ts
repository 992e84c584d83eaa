import { countsKey, defineScript, goneKey, type RedisClient } from "@customerio-router/redis";
import type { BacklogSample, CountName } from "./count-names.ts";
import { keptMs, placeOf } from "./hours.ts";

/** How often counts are written; a kill -9 loses at most this much. */
const writeMs = 1_000;
/** Maximum numbers waiting to be written while Redis is away; further ones are not counted. */
const maxWaiting = 10_000;

/** The counts of one process, gathered and written once a second. */
export type Counts = AsyncDisposable & {
  add(connectionId: string, name: CountName, count: number): void;
  sample(connectionId: string, backlog: BacklogSample): void;
};

type HourCounts = {
  connectionId: string;
  hour: number;
  raised: [field: string, by: number][];
  set: string[];
};

/** What belongs to a connection is written only while it exists. */
const writeHour = defineScript<number>(
  "writeCounts",
  `local key, gone = unpack(KEYS)
   if redis.call('EXISTS', gone) == 1 then return 0 end
   local set = 3 + 2 * ARGV[2]
   for index = 3, set - 1, 2 do redis.call('HINCRBY', key, ARGV[index], ARGV[index + 1]) end
   if ARGV[set] then redis.call('HSET', key, ARGV[set], ARGV[set + 1]) end
   return redis.call('PEXPIRE', key, ARGV[1])`,
);

export function startCounts(options: { redis: RedisClient; onError?: (error: unknown) => void }): Counts {
  const { redis, onError = () => {} } = options;
  let waiting = new Map<string, { connectionId: string; hour: number; field: string; by: number }>();
  const samples = new Map<string, { connectionId: string; backlog: BacklogSample; atMs: number }>();

  function gather(connectionId: string, field: string, by: number, hour: number): void {
    const name = `${connectionId} ${hour} ${field}`;
    const known = waiting.get(name);
    if (known) known.by += by;
    else if (waiting.size < maxWaiting) waiting.set(name, { connectionId, hour, field, by });
  }

  /** Of each connection and hour: fields to be raised, and a backlog to be set. */
  function takeWaiting(): Map<string, HourCounts> {
    const hours = new Map<string, HourCounts>();
    const of = (connectionId: string, hour: number): HourCounts => {
      const name = `${connectionId} ${hour}`;
      const counts = hours.get(name) ?? { connectionId, hour, raised: [], set: [] };
      hours.set(name, counts);
      return counts;
    };
    for (const { connectionId, hour, field, by } of waiting.values()) {
      of(connectionId, hour).raised.push([field, by]);
    }
    for (const { connectionId, backlog, atMs } of samples.values()) {
      const { hour, minute } = placeOf(atMs);
      of(connectionId, hour).set.push(`${minute}:waiting`, JSON.stringify(backlog));
    }
    waiting = new Map();
    samples.clear();
    return hours;
  }

  async function write(): Promise<void> {
    const writes = [...takeWaiting().values()].map(async ({ connectionId, hour, raised, set }) => {
      const keys = [countsKey(connectionId, hour), goneKey(connectionId)];
      await writeHour(redis, keys, [keptMs, raised.length, ...raised.flat(), ...set]).catch(
        (error: unknown) => {
          for (const [field, by] of raised) gather(connectionId, field, by, hour);
          throw error;
        },
      );
    });
    const failure = (await Promise.allSettled(writes)).find(({ status }) => status === "rejected");
    if (failure?.status === "rejected") onError(failure.reason);
  }

  let writing: Promise<void> | undefined;
  const flush = (): Promise<void> => {
    if (waiting.size + samples.size === 0) return Promise.resolve();
    writing ??= write().finally(() => {
      writing = undefined;
    });
    return writing;
  };
  const timer = setInterval(() => void flush(), writeMs);

  return {
    add(connectionId, name, count) {
      if (count === 0) return;
      const { hour, minute } = placeOf(Date.now());
      gather(connectionId, `${minute}:${name}`, count, hour);
    },
    sample(connectionId, backlog) {
      samples.set(connectionId, { connectionId, backlog, atMs: Date.now() });
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await writing;
      await flush();
    },
  };
}
