import { defineScript, queueKeys, type RedisClient, readFullestNode } from "@customerio-router/redis";
import { startRepeating } from "@customerio-router/service";

/** Bytes that BullMQ and Redis need for a waiting job besides its data. */
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

/** The approximate bytes that a connection's waiting messages take in Redis. */
export async function estimateBacklogBytes(redis: RedisClient, connectionId: string): Promise<number> {
  const { wait, jobPrefix } = queueKeys(connectionId);
  return await weighBacklog(redis, [wait], [jobPrefix]);
}

const weighEveryMs = 1_000;
/** A connection that receives nothing for this long is forgotten. */
const forgetAfterMs = 60_000;

/** Finds connections whose backlog is full: their clients are asked to retry later. */
type BacklogWatch = Disposable & {
  /** Whether its backlog exceeds the bound, as of about a second ago. */
  isOver(connectionId: string): boolean;
};

export function watchBacklogs(options: {
  redis: RedisClient;
  /** The maximum bytes waiting for a connection; null: half of Redis's maxmemory. */
  boundOf: (connectionId: string) => Promise<number | null>;
}): BacklogWatch {
  const { redis } = options;
  const backlogs = new Map<string, { isOver: boolean; askedAtMs: number }>();

  async function weigh(): Promise<void> {
    for (const [connectionId, { askedAtMs }] of backlogs) {
      if (performance.now() - askedAtMs > forgetAfterMs) backlogs.delete(connectionId);
    }
    if (backlogs.size === 0) return;
    const halfOfRedis = (await readFullestNode(redis)).maxBytes / 2;
    await Promise.all(
      [...backlogs].map(async ([connectionId, backlog]) => {
        const bound = (await options.boundOf(connectionId)) ?? halfOfRedis;
        backlog.isOver = (await estimateBacklogBytes(redis, connectionId)) > bound;
      }),
    );
  }

  // While Redis is away the last known backlogs stay; the health check reports the outage.
  const weighing = startRepeating(weighEveryMs, () => weigh().catch(() => {}));

  return {
    isOver(connectionId) {
      const backlog = backlogs.get(connectionId) ?? { isOver: false, askedAtMs: 0 };
      backlog.askedAtMs = performance.now();
      backlogs.set(connectionId, backlog);
      return backlog.isOver;
    },
    [Symbol.dispose]: () => weighing[Symbol.dispose](),
  };
}
