import { expect, test } from "vitest";
import { createConnectionStore, SecretKeyError } from "../src/index.ts";
import { input, redisForTests, secretKey } from "./redis-for-tests.ts";

const tests = redisForTests();
const open = (more = {}) => createConnectionStore({ redis: tests.redis, secretKey, ...more });

async function createdId(store = open(), more = {}): Promise<string> {
  const result = await store.create(input(more));
  return result.ok ? result.connection.id : expect.unreachable();
}

test("an API key stands sealed in Redis, and no connection carries it", async () => {
  const id = await createdId();
  const keys = await tests.redis.keys("*");
  const hashes = await Promise.all(
    keys.filter((key) => !/:(version|format)$/.test(key)).map((key) => tests.redis.hgetall(key)),
  );
  expect(JSON.stringify(hashes)).toContain("site-1");
  expect(JSON.stringify(hashes)).not.toContain("track-key-1");
  expect(JSON.stringify(await open().get(id))).not.toContain("track-key-1");
  expect(await open().apiKeyOf(id)).toBe("track-key-1");
});

test("F39: another SECRET_KEY gives an error that names both keys by id and says what to do", async () => {
  const id = await createdId();
  const failure = await open({ secretKey: "another" })
    .apiKeyOf(id)
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SecretKeyError);
  expect(String(failure)).toMatch(
    /another SECRET_KEY \(key id [0-9a-f]{8}; .* [0-9a-f]{8}\)\. Start with that SECRET_KEY/,
  );
});

test("F39: without SECRET_KEY connections are read, and API keys are neither read nor stored", async () => {
  const id = await createdId();
  const store = open({ secretKey: undefined });
  expect(await store.get(id)).toMatchObject({ name: "Shop" });
  expect(await store.update(id, { name: "Renamed" })).toMatchObject({ ok: true });
  await expect(store.apiKeyOf(id)).rejects.toThrow("SECRET_KEY is not set");
  await expect(store.create(input({ name: "Other" }))).rejects.toThrow(SecretKeyError);
});

test("a sealed API key moved to another connection or damaged is refused", async () => {
  const one = await createdId();
  const other = await createdId(open(), { name: "Other" });
  const apiKeys = "customerio-router:{connections}:api-keys";
  const sealed = (await tests.redis.hget(apiKeys, one)) ?? "";
  await tests.redis.hset(apiKeys, other, sealed);
  await tests.redis.hset(apiKeys, one, sealed.slice(0, -6));
  await expect(open().apiKeyOf(other)).rejects.toThrow("damaged");
  await expect(open().apiKeyOf(one)).rejects.toThrow("damaged");
  await tests.redis.hdel(apiKeys, one);
  await expect(open().apiKeyOf(one)).rejects.toThrow("No API Key is stored");
});

test("an API key entered again is sealed with the present SECRET_KEY", async () => {
  const id = await createdId();
  const store = open({ secretKey: "another" });
  await store.update(id, { apiKey: "track-key-2" });
  expect(await store.apiKeyOf(id)).toBe("track-key-2");
});
