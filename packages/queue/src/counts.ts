import { countsKey, defineScript, goneKey, type RedisClient } from "@customerio-router/redis";

/** What is counted for each minute of a connection; `requests-…` are requests to Customer.io by the class of their reply. */
export const countNames = [
  "received",
  "delivered",
  "skipped",
  "rejected",
  "requests-2xx",
  "requests-429",
  "requests-4xx",
  "requests-5xx",
  "requests-none",
] as const;

export type CountName = (typeof countNames)[number];

/** How a connection's queue stood at the end of a minute; the last look of a minute counts. */
export type BacklogSample = { jobsWaiting: number; oldestWaitingMs: number };

/** What was counted in one minute. */
export type MinuteCounts = { [Name in CountName]: number } & {
  /** Unix milliseconds of the minute's begin. */
  atMs: number;
  /** Absent when nobody looked. */
  backlog?: BacklogSample;
};

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Hours are kept whole: a day can be looked back at any time. */
const keptMs = 26 * hourMs;
/** How often what was counted is written; a kill -9 costs so much of it. */
const writeMs = 1_000;
/** While Redis is away so many numbers wait to be written; what is beyond them is not counted. */
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

export function createCounts(options: { redis: RedisClient; onError?: (error: unknown) => void }): Counts {
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
      of(connectionId, hour).set.push(`${minute}:backlog`, JSON.stringify(backlog));
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

/** Minute by minute, oldest first, from the minute of `fromMs` to the present one; minutes without counts are zeros. */
export async function readCounts(
  redis: RedisClient,
  connectionId: string,
  fromMs: number,
): Promise<MinuteCounts[]> {
  const first = Math.floor(fromMs / minuteMs);
  const last = Math.floor(Date.now() / minuteMs);
  const hours = hoursBetween(fromMs, Date.now());
  const hashes = await Promise.all(hours.map((hour) => redis.hgetall(countsKey(connectionId, hour))));
  const byHour = new Map(hours.map((hour, index) => [hour, hashes[index] ?? {}]));
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const atMs = (first + index) * minuteMs;
    const { hour, minute } = placeOf(atMs);
    const hash = byHour.get(hour) ?? {};
    const counts = Object.fromEntries(
      countNames.map((name) => [name, Number(hash[`${minute}:${name}`] ?? 0)]),
    ) as { [Name in CountName]: number };
    const backlog = hash[`${minute}:backlog`];
    return { ...counts, atMs, ...(backlog !== undefined && { backlog: JSON.parse(backlog) }) };
  });
}

/** Forgets all counts of a connection. */
export async function removeCounts(redis: RedisClient, connectionId: string): Promise<void> {
  const hours = hoursBetween(Date.now() - keptMs - hourMs, Date.now());
  await Promise.all(hours.map((hour) => redis.unlink(countsKey(connectionId, hour))));
}

/** One hash an hour, a field for each minute and name: they end by themselves, and a day is read by 25 commands. */
function placeOf(atMs: number): { hour: number; minute: number } {
  return { hour: Math.floor(atMs / hourMs), minute: Math.floor((atMs % hourMs) / minuteMs) };
}

function hoursBetween(fromMs: number, toMs: number): number[] {
  const first = Math.floor(fromMs / hourMs);
  return Array.from({ length: Math.floor(toMs / hourMs) - first + 1 }, (_, index) => first + index);
}
