import { queueName, queuePrefix } from "./names.ts";
import type { RedisClient } from "./redis.ts";
import { defineScript } from "./script.ts";

/** What BullMQ and Redis need for a waiting job besides its data. */
const jobOverheadBytes = 400;

/** The number of waiting jobs times the mean size of some of the newest and oldest. */
const weighBacklog = defineScript<number>(
  "weighBacklog",
  `local jobs = redis.call('LLEN', KEYS[1])
   if jobs == 0 then return 0 end
   local bytes, weighed = 0, 0
   for _, range in ipairs({ { 0, 9 }, { -10, -1 } }) do
     for _, id in ipairs(redis.call('LRANGE', KEYS[1], range[1], range[2])) do
       bytes = bytes + redis.call('HSTRLEN', ARGV[1] .. id, 'data') + ${jobOverheadBytes}
       weighed = weighed + 1
     end
   end
   return math.ceil(bytes / weighed * jobs)`,
);

/** About how many bytes of Redis a connection's waiting messages take. */
export async function estimateBacklogBytes(redis: RedisClient, connectionId: string): Promise<number> {
  const base = `${queuePrefix}:${queueName(connectionId)}:`;
  return await weighBacklog(redis, [`${base}wait`], [base]);
}

const weighEveryMs = 1_000;
/** A connection nobody sends to need not be weighed. */
const forgetAfterMs = 60_000;

/** Knows which connections have so much waiting that they alone should be told to come back later. */
export type BacklogWatch = Disposable & {
  /** Whether more than `bytes` wait, as of about a second ago; null: half of Redis's maxmemory. */
  isOver(connectionId: string, bytes: number | null): boolean;
};

export function watchBacklogs(options: {
  redis: RedisClient;
  /** Redis's maxmemory in bytes; 0 or undefined while it has none or is not known. */
  maxmemoryBytes: () => number | undefined;
}): BacklogWatch {
  const { redis } = options;
  const backlogs = new Map<string, { bytes: number; askedAtMs: number }>();

  async function weigh(): Promise<void> {
    for (const [connectionId, { askedAtMs }] of backlogs) {
      if (performance.now() - askedAtMs > forgetAfterMs) backlogs.delete(connectionId);
    }
    // While Redis is away there is nothing to be learned; what is known stays.
    await Promise.allSettled(
      [...backlogs].map(async ([connectionId, backlog]) => {
        backlog.bytes = await estimateBacklogBytes(redis, connectionId);
      }),
    );
  }

  let weighing = false;
  const timer = setInterval(async () => {
    if (weighing) return;
    weighing = true;
    await weigh();
    weighing = false;
  }, weighEveryMs);

  return {
    isOver(connectionId, bytes) {
      const backlog = backlogs.get(connectionId) ?? { bytes: 0, askedAtMs: 0 };
      backlog.askedAtMs = performance.now();
      backlogs.set(connectionId, backlog);
      const most = bytes ?? (options.maxmemoryBytes() || Number.POSITIVE_INFINITY) / 2;
      return backlog.bytes > most;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
