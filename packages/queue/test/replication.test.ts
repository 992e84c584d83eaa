import { startRedisCluster, startRedisPair, waitFor } from "@customerio-router/fixtures";
import { connectRedis, createReplication, type RedisClient } from "@customerio-router/redis";
import { expect, onTestFinished, test } from "vitest";
import { intoJobs } from "../src/add/new-job.ts";
import { createJobAdder, openJobQueue, startLeases, TooFewReplicasError } from "../src/index.ts";

const digest = "0123456789ab";
const entry = { message: { type: "track", messageId: "m", userId: "u", event: "E" } };

function open(url: string): RedisClient {
  const redis = connectRedis({ url, profile: "consumer" });
  onTestFinished(() => redis.disconnect());
  return redis;
}

function openAdder(redis: RedisClient) {
  const replication = createReplication({ redis, replicas: 1 });
  onTestFinished(() => replication[Symbol.dispose]());
  return { replication, adder: createJobAdder({ redis, replication }) };
}

async function openCluster() {
  const cluster = await startRedisCluster();
  onTestFinished(() => cluster[Symbol.asyncDispose]());
  const redis = open(cluster.url);
  await waitFor(() => redis.status === "ready", { what: "the cluster" });
  const { adder } = openAdder(redis);
  return { cluster, adder };
}

/** On a busy machine a replica may be late once; what is added again then is there already. */
function untilConfirmed(add: () => Promise<unknown>) {
  return waitFor(() => add().then(() => true), { what: "the replica to confirm" });
}

test("F286 on a Cluster the replicas of the connection's own node confirm, and no others", {
  timeout: 60_000,
}, async () => {
  const { cluster, adder } = await openCluster();
  const add = (id: string) => adder.add(id, intoJobs([{ entry, digest }]));
  // In slots of different nodes.
  for (const id of ["a", "b", "c"]) await untilConfirmed(() => add(id));

  (await cluster.replicaOf("{a}")).freeze();
  await expect(add("a")).rejects.toThrow(TooFewReplicasError);
  for (const id of ["b", "c"]) await untilConfirmed(() => add(id));
  (await cluster.replicaOf("{a}")).thaw();
  await untilConfirmed(() => add("a"));
});

test("F287 on a Cluster whose replica was promoted, what waits for replicas follows the slot", {
  timeout: 60_000,
}, async () => {
  const { cluster, adder } = await openCluster();
  await untilConfirmed(() => adder.add("a", intoJobs([{ entry, digest }])));
  await cluster.failOver("{a}");
  const isAdded = () => adder.add("a", intoJobs([{ entry, digest }])).then(() => true);
  await waitFor(isAdded, { what: "the new primary to be found" });
});

test("a settlement waits for replicas where it changes state, and is written where they are away", async () => {
  const pair = await startRedisPair();
  onTestFinished(() => pair[Symbol.asyncDispose]());
  const redis = open(pair.url);
  await waitFor(() => redis.status === "ready", { what: "Redis" });
  const { adder, replication } = openAdder(redis);
  const leases = startLeases({ redis, onLost: () => {} });
  onTestFinished(() => leases.close());
  const lease = await waitFor(() => leases.acquire("one"), { what: "a lease" });
  const queue = openJobQueue({ redis, lease, replication });
  const waits = async () =>
    Number(/cmdstat_wait:calls=(\d+)/.exec(await redis.info("commandstats"))?.[1] ?? 0);
  const addOne = () => adder.add("one", intoJobs([{ entry, digest: crypto.randomUUID().slice(0, 12) }]));
  async function settleOne(changesState: boolean) {
    const { jobs } = await queue.take(1);
    const before = await waits();
    const settled = await queue.settle(jobs[0] as (typeof jobs)[number], {
      settled: [{ entry, outcome: { kind: "delivered" } }],
      traces: "[]",
      state: "completed",
      result: null,
      changesState,
    });
    return { settled, waits: (await waits()) - before };
  }

  for (let count = 0; count < 3; count++) await untilConfirmed(addOne);
  await waitFor(() => !replication.isBehind, { what: "a replica that is not late" });
  expect(await settleOne(false)).toEqual({ settled: "settled", waits: 0 });
  expect(await settleOne(true)).toEqual({ settled: "settled", waits: 1 });
  pair.replica.freeze();
  await expect(addOne()).rejects.toThrow(TooFewReplicasError);
  // It was seen a moment ago that waiting is in vain.
  expect(await settleOne(true)).toEqual({ settled: "settled", waits: 0 });
  await waitFor(() => !replication.isBehind, { what: "a moment" });
  expect(await settleOne(true)).toEqual({ settled: "settled", waits: 1 });
});
