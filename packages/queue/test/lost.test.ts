import { startRedis } from "@customerio-router/fixtures";
import { connectRedis } from "@customerio-router/redis";
import { expect, onTestFinished, test } from "vitest";
import { ConnectionLostError, createBackend, createJobAdder, type NewJob } from "../src/index.ts";

const connectionId = "a";
const job = (id: string): NewJob => ({
  id,
  name: "track",
  data: '{"entries":[{}]}',
  digests: [id],
  content: "[]",
  madeAtMs: 1,
});

test("F108 no job is added to an emptied Redis until the connection is there again", async () => {
  const server = await startRedis();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const redis = connectRedis({ url: server.url, profile: "consumer" });
  onTestFinished(() => void redis.disconnect());
  let isThere = true;
  let asked = 0;
  const confirm = async () => {
    asked += 1;
    return isThere;
  };
  await redis.ping();
  const adder = createJobAdder({ redis, confirm });
  await adder.add(connectionId, [job("j1")]);
  await adder.add(connectionId, [job("j2")]);
  expect(asked).toBe(1);

  await redis.flushall();
  isThere = false;
  await expect(adder.add(connectionId, [job("j3")])).rejects.toThrow(ConnectionLostError);
  expect(await redis.keys("*")).toEqual([]);
  isThere = true;
  await adder.add(connectionId, [job("j3")]);
  await adder.add(connectionId, [job("j4")]);
  expect(asked).toBe(3);
  const waiting = await createBackend(redis).queue(connectionId).getWaiting();
  expect(waiting.map(({ id }) => id)).toEqual(["j3", "j4"]);
});
