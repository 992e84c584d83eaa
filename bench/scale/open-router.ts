import { randomUUID } from "node:crypto";
import { createConnectionStore } from "@customerio-router/connections";
import {
  type Child,
  freePort,
  type Redis,
  startProcess,
  startRedis,
  temporaryFolder,
  waitFor,
} from "@customerio-router/fixtures";
import { connectRedis, type RedisClient } from "@customerio-router/redis";
import { openDestination } from "../pipeline/open-pipeline.ts";

/** A Redis with any number of connections that deliver to one destination, and processes on it. */
export type Router = AsyncDisposable & {
  redis: Redis;
  client: RedisClient;
  destinationUrl: string;
  destinationPid: number;
  /** Makes as many connections as are missing. Gives the write keys of all. */
  ensureConnections(count: number): Promise<string[]>;
  startIntake(): Promise<Service>;
  /** Resolves once it owns this many connections. */
  startWorker(owned: number): Promise<Service>;
};

export type Service = AsyncDisposable & { pid: number; url: string };

const secretKey = "a secret key of at least 32 characters";
/** Connections made side by side. */
const atOnce = 50;

export async function openRouter({
  profileFolder,
  isOnDisk = true,
}: {
  profileFolder?: string | undefined;
  /** False: without an append-only file, for a backlog of gigabytes. */
  isOnDisk?: boolean;
} = {}): Promise<Router> {
  await using opening = new AsyncDisposableStack();
  const redis = opening.use(
    await startRedis({
      appendfsync: "everysec",
      maxmemory: "16gb",
      settings: { appendonly: isOnDisk ? "yes" : "no" },
    }),
  );
  const destination = opening.use(await openDestination(0));
  const { path: dataFolder } = opening.use(await temporaryFolder());
  const client = connectRedis({ url: redis.url, profile: "consumer" });
  opening.defer(() => client.disconnect());
  const store = createConnectionStore({ redis: client, secretKey, allowCustomTrackUrl: true });
  const writeKeys: string[] = [];
  const opened = opening.move();

  async function make(): Promise<void> {
    const saved = await store.create({
      name: `Shop ${randomUUID()}`,
      siteId: "site",
      apiKey: "an-api-key",
      region: "us",
      trackUrl: destination.url,
      settings: { limiter: { max: 1_000, duration: 1_000 } },
    });
    if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
    writeKeys.push(saved.connection.writeKey);
  }

  async function start(app: "intake" | "worker"): Promise<Child & { url: string }> {
    const port = String(await freePort());
    const url = `http://127.0.0.1:${port}`;
    const child = await startProcess({
      entry: `apps/${app}/src/main.ts`,
      env: {
        REDIS_URL: redis.url,
        SECRET_KEY: secretKey,
        ALLOW_CUSTOM_TRACK_URL: "true",
        DATA_DIR: dataFolder,
        RATE_LIMIT_PER_ADDRESS: "0",
        RATE_LIMIT_PER_KEY: "0",
        [`${app.toUpperCase()}_PORT`]: port,
        ...(profileFolder && { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profileFolder}` }),
      },
      // One that knows no write key yet is not ready.
      ready: new URL("/livez", url),
      timeoutMs: 60_000,
    });
    return Object.assign(child, { url });
  }

  return {
    redis,
    client,
    destinationUrl: destination.url,
    destinationPid: destination.pid,
    async ensureConnections(count) {
      while (writeKeys.length < count) {
        await Promise.all(Array.from({ length: Math.min(atOnce, count - writeKeys.length) }, make));
      }
      return writeKeys;
    },
    startIntake: () => start("intake"),
    async startWorker(owned) {
      const worker = await start("worker");
      const ownsAll = async () => (await countLeases(worker.url)) >= owned;
      await waitFor(ownsAll, {
        what: `the worker to own ${owned} connections`,
        timeoutMs: 600_000,
        pollMs: 3_000,
      });
      return worker;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function countLeases(workerUrl: string): Promise<number> {
  const metrics = await (await fetch(`${workerUrl}/metrics`)).text();
  return metrics.match(/^customerio_router_lease_held\{.*\} 1$/gm)?.length ?? 0;
}
