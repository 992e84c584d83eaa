import { startRedis, startRedisCluster, waitFor } from "@customerio-router/fixtures";
import { connectRedis, type RedisClient } from "@customerio-router/redis";
import { onTestFinished } from "vitest";
import { type JobQueue, type Lease, openJobQueue, startLeases, type TooLargeJob } from "../src/index.ts";

/** The connection of these tests. */
export const id = "one";

/** A client that ends with the test. */
export function connect(url: string): RedisClient {
  const client = connectRedis({ url, profile: "consumer" });
  onTestFinished(() => void client.disconnect());
  return client;
}

export async function openRedis(): Promise<RedisClient> {
  const server = await startRedis();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const client = connect(server.url);
  await client.ping();
  return client;
}

export async function openCluster(): Promise<RedisClient> {
  const cluster = await startRedisCluster();
  onTestFinished(() => cluster[Symbol.asyncDispose]());
  const client = connect(cluster.url);
  await waitFor(() => client.status === "ready", { what: "the cluster" });
  return client;
}

/** The connection's queue in the hands of a new owner. */
export async function own(
  redis: RedisClient,
): Promise<{ queue: JobQueue; lease: Lease; tooLarge: TooLargeJob[] }> {
  const leases = startLeases({ redis, onLost: () => {} });
  onTestFinished(() => leases.close());
  const lease = await leases.acquire(id);
  if (!lease) throw new Error("somebody else holds the lease");
  const tooLarge: TooLargeJob[] = [];
  const queue = openJobQueue({ redis, lease, onTooLarge: (job) => tooLarge.push(job) });
  return { queue, lease, tooLarge };
}
