import {
  type RedisOptions,
  startRedis,
  startRedisCluster,
  startRedisPair,
  startSentinels,
  waitFor,
} from "@customerio-router/fixtures";

/**
 * One server; a pair behind one address; a primary with two replicas and three Sentinels; a cluster of three primaries with a
 * replica each.
 */
export const redisKinds = ["single", "pair", "sentinel", "cluster"] as const;
export type RedisKind = (typeof redisKinds)[number];

export type SoakedRedis = AsyncDisposable & {
  url: string;
  /** What all processes get besides. */
  environment: Record<string, string>;
  /** Whether a replica that is promoted may lack the last settlements. */
  mayForget: boolean;
  /** Kills a server that takes writes, with -9, and starts it again once `away` has resolved. */
  kill(away: () => Promise<void>): Promise<void>;
  /** Has a replica take over from the primary of the connection. */
  failOver: FailOver;
};

/**
 * Resolves once a replica has taken over, with what makes the estate whole again: then the next may fail. Behind Sentinels and in
 * a cluster the primary is killed with -9, a pair is promoted in good order.
 */
type FailOver = (connectionId: string) => Promise<{ mend(): Promise<void> }>;

const options: RedisOptions = { maxmemory: "2gb" };

/** A primary that is killed may have told nobody of its last writes: an intake acknowledges what a replica has. */
const withReplicas = { REDIS_WAIT_REPLICAS: "1" };

const timeoutMs = 30_000;

export async function openRedis(kind: RedisKind): Promise<SoakedRedis> {
  return await { single: openSingle, pair: openPair, sentinel: openSentinels, cluster: openCluster }[kind]();
}

async function openSingle(): Promise<SoakedRedis> {
  const redis = await startRedis(options);
  return {
    url: redis.url,
    environment: {},
    mayForget: false,
    kill: (away) => killAndRestart(redis, away),
    async failOver() {
      throw new Error("one server alone has nobody to take over");
    },
    [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
  };
}

async function openPair(): Promise<SoakedRedis> {
  const pair = await startRedisPair(options);
  return {
    url: pair.url,
    environment: {},
    mayForget: false,
    kill: (away) => killAndRestart(pair.primary, away),
    async failOver() {
      await pair.promote();
      return { async mend() {} };
    },
    [Symbol.asyncDispose]: () => pair[Symbol.asyncDispose](),
  };
}

async function openSentinels(): Promise<SoakedRedis> {
  const sentinels = await startSentinels(options);
  const failOver: FailOver = async () => {
    const killed = await sentinels.primary();
    await killed.kill("SIGKILL");
    await waitFor(async () => (await sentinels.primary()) !== killed, {
      what: "the Sentinels to promote a replica",
      timeoutMs,
      pollMs: 20,
    });
    return {
      async mend() {
        await killed.restart();
        await sentinels.settled();
      },
    };
  };
  return {
    url: sentinels.url,
    environment: withReplicas,
    mayForget: true,
    async kill(away) {
      const { mend } = await failOver("any");
      await away();
      await mend();
    },
    failOver,
    [Symbol.asyncDispose]: () => sentinels[Symbol.asyncDispose](),
  };
}

async function openCluster(): Promise<SoakedRedis> {
  const cluster = await startRedisCluster(options);
  return {
    url: cluster.url,
    environment: withReplicas,
    mayForget: true,
    async kill(away) {
      await killAndRestart(await cluster.masterOf(`any-${Math.random()}`), away);
      await cluster.settled();
    },
    async failOver(connectionId) {
      const key = `{${connectionId}}`;
      const killed = await cluster.masterOf(key);
      await killed.kill("SIGKILL");
      await waitFor(async () => (await cluster.masterOf(key)) !== killed, {
        what: "its replica to be promoted",
        timeoutMs,
        pollMs: 20,
      });
      // Until it follows the other one no replica can confirm anything, and messages wait in a spool.
      await killed.restart();
      return { mend: () => cluster.settled() };
    },
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}

type Killable = { kill(signal: "SIGKILL"): Promise<unknown>; restart(): Promise<void> };

async function killAndRestart(redis: Killable, away: () => Promise<void>): Promise<void> {
  await redis.kill("SIGKILL");
  await away();
  await redis.restart();
}
