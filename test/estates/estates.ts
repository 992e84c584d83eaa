import {
  freePort,
  makeCertificates,
  startRedis,
  startRedisCluster,
  startRedisPair,
  startSentinels,
  temporaryFolder,
  tlsSettings,
  waitFor,
} from "@customerio-router/fixtures";
import type { RedisLocation } from "@customerio-router/redis";

/** A Redis as people run it, and what befalls it in the middle of a run. */
export type Estate = {
  location: RedisLocation;
  /** What the processes get besides. */
  environment?: Record<string, string>;
  /** Something of it ends, for the connection with this id. */
  breakDown(connectionId: string): Promise<void>;
};

/** What is opened with it closes after the run. */
export type OpenEstate = (opened: AsyncDisposableStack) => Promise<Estate>;

export const estates: { [name: string]: OpenEstate } = {
  "one server, killed with -9 and restarted": async (opened) => {
    const redis = opened.use(await startRedis());
    return { location: redis, breakDown: () => killAndRestart(redis) };
  },

  "one server with TLS, a CA of its own and client certificates, killed with -9 and restarted": async (
    opened,
  ) => {
    const { path } = opened.use(await temporaryFolder());
    const certificates = makeCertificates(path);
    const port = await freePort();
    const redis = opened.use(await startRedis({ settings: tlsSettings(certificates, port) }));
    const { ca, client } = certificates;
    return {
      location: {
        url: `rediss://localhost:${port}/1`,
        tls: { caFile: ca, certFile: client.certificate, keyFile: client.key },
      },
      environment: { REDIS_CA_FILE: ca, REDIS_CERT_FILE: client.certificate, REDIS_KEY_FILE: client.key },
      breakDown: () => killAndRestart(redis),
    };
  },

  "a primary and a replica behind one address, the replica promoted": async (opened) => {
    const pair = opened.use(await startRedisPair());
    return { location: pair, breakDown: () => pair.promote() };
  },

  "1 primary, 2 replicas, 3 Sentinels, all with users, the primary killed with -9": async (opened) => {
    const users = {
      redis: { username: "router", password: "pw" },
      sentinel: { username: "asker", password: "pw" },
    };
    const sentinels = opened.use(await startSentinels({ users }));
    return {
      location: sentinels,
      environment: { REDIS_WAIT_REPLICAS: "1" },
      breakDown: async () => void (await (await sentinels.primary()).kill("SIGKILL")),
    };
  },

  "a cluster of 3 primaries and 3 replicas, the connection's primary killed with -9, and restarted as a replica":
    async (opened) => {
      const cluster = opened.use(await startRedisCluster());
      return {
        location: cluster,
        environment: { REDIS_WAIT_REPLICAS: "1" },
        async breakDown(id) {
          const key = `{${id}}`;
          const killed = await cluster.masterOf(key);
          await killed.kill("SIGKILL");
          const isReplaced = async () => (await cluster.masterOf(key)) !== killed;
          await waitFor(isReplaced, { what: "its replica to be promoted", timeoutMs: 30_000 });
          // Without it no replica could confirm anything.
          await killed.restart();
        },
      };
    },

  "the same by its configuration endpoint, the connection's replica promoted": async (opened) => {
    const cluster = opened.use(await startRedisCluster());
    const [endpoint = ""] = cluster.url.split(",");
    return {
      location: { url: endpoint.replace("redis:", "redis+cluster:") },
      breakDown: (id) => cluster.failOver(`{${id}}`),
    };
  },
};

type Killable = { kill(signal: "SIGKILL"): Promise<unknown>; restart(): Promise<void> };

async function killAndRestart(redis: Killable): Promise<void> {
  await redis.kill("SIGKILL");
  await redis.restart();
}
