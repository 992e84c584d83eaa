import {
  type RedisOptions,
  startRedis,
  startRedisCluster,
  startRedisPair,
} from "@customerio-router/fixtures";

/** The Redis of a soak: one server, a pair behind an address, or a cluster. */
export type SoakedRedis = AsyncDisposable & {
  url: string;
  /** Kills a server that takes writes, with -9, and starts it again once `away` has resolved, with what it had on disk. */
  kill(away: () => Promise<void>): Promise<void>;
  /** A planned promotion, where there is a replica to promote. */
  promote(): Promise<void>;
};

const options: RedisOptions = { maxmemory: "2gb" };

export async function openRedis(kind: "single" | "pair" | "cluster"): Promise<SoakedRedis> {
  if (kind === "pair") return await openPair();
  if (kind === "cluster") return await openCluster();
  const redis = await startRedis(options);
  return {
    url: redis.url,
    async kill(away) {
      await redis.kill("SIGKILL");
      await away();
      await redis.restart();
    },
    async promote() {
      throw new Error("one server alone has nobody to promote");
    },
    [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
  };
}

async function openPair(): Promise<SoakedRedis> {
  const pair = await startRedisPair(options);
  return {
    url: pair.url,
    async kill(away) {
      await pair.primary.kill("SIGKILL");
      await away();
      await pair.primary.restart();
    },
    promote: () => pair.promote(),
    [Symbol.asyncDispose]: () => pair[Symbol.asyncDispose](),
  };
}

/** Three masters whose replicas never take over unasked: what a replica has not received yet would be lost. */
async function openCluster(): Promise<SoakedRedis> {
  const cluster = await startRedisCluster({ ...options, settings: { "cluster-replica-no-failover": "yes" } });
  return {
    url: cluster.url,
    async kill(away) {
      const master = await cluster.masterOf(`any-${Math.random()}`);
      await master.kill("SIGKILL");
      await away();
      await master.restart();
    },
    async promote() {
      throw new Error("promotions are soaked with a pair, not with a cluster");
    },
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}
