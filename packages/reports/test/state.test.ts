import { freePort, startRedis } from "@customerio-router/fixtures";
import { connectRedis } from "@customerio-router/redis";
import { expect, test } from "vitest";
import { readIntakes, readReports, reportIntake } from "../src/index.ts";

test("F251 while Redis refuses writes no worker can say that it lives, and a connection's state is why", async () => {
  await using server = await startRedis();
  const redis = connectRedis({ url: server.url, profile: "consumer" });
  const stateOf = async () => (await readReports(redis, ["c1"])).connections[0]?.state;
  try {
    expect(await stateOf()).toEqual({ state: "no-worker" });
    await redis.call("REPLICAOF", "127.0.0.1", String(await freePort()));
    expect(await stateOf()).toEqual({
      state: "needs-attention",
      why: expect.stringContaining("Redis is a replica and refuses writes"),
    });
  } finally {
    redis.disconnect();
  }
});

test("F253 an intake shows that it lives while Redis is full", async () => {
  await using server = await startRedis();
  const redis = connectRedis({ url: server.url, profile: "consumer" });
  try {
    await redis.config("SET", "maxmemory", "1");
    await expect(redis.set("any", "thing")).rejects.toThrow("OOM");
    await reportIntake(redis, "i1", { version: "1", host: "h", pid: 1 });
    expect(await readIntakes(redis)).toMatchObject([{ id: "i1", host: "h" }]);
  } finally {
    redis.disconnect();
  }
});
