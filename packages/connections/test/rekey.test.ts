import { expect, test } from "vitest";
import {
  CustomUrlError,
  createConnectionStore,
  createRuleStore,
  rekey,
  SecretKeyError,
} from "../src/index.ts";
import { input, redisForTests } from "./redis-for-tests.ts";

const context = redisForTests();
const oldSecretKey = "the old secret key";
const secretKey = "the new secret key";

async function store(key: string, name: string, apiKey: string) {
  const saved = await createConnectionStore({ redis: context.redis, secretKey: key }).create(
    input({ name, apiKey }),
  );
  if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
  return saved.connection.id;
}

test("F39: all API keys are sealed anew, and a second run changes nothing", async () => {
  const { redis } = context;
  const [one, other] = [
    await store(oldSecretKey, "One", "key-1"),
    await store(oldSecretKey, "Other", "key-2"),
  ];
  const first = await rekey({ redis, oldSecretKey, secretKey });
  expect([first.resealed.sort(), first.already, first.unreadable]).toEqual([[one, other].sort(), [], []]);
  const second = await rekey({ redis, oldSecretKey, secretKey });
  expect([second.resealed, second.already.sort(), second.unreadable]).toEqual([[], [one, other].sort(), []]);
  const after = createConnectionStore({ redis, secretKey });
  expect([await after.apiKeyOf(one), await after.apiKeyOf(other)]).toEqual(["key-1", "key-2"]);
  await expect(createConnectionStore({ redis, secretKey: oldSecretKey }).apiKeyOf(one)).rejects.toThrow(
    SecretKeyError,
  );
});

test("F39: a key that neither SECRET_KEY opens is left as it was, and named with the reason", async () => {
  const { redis } = context;
  const lost = await store("a lost secret key", "Lost", "key-1");
  const mended = await store(oldSecretKey, "Mended", "key-2");
  const { resealed, unreadable } = await rekey({ redis, oldSecretKey, secretKey });
  expect(resealed).toEqual([mended]);
  expect(unreadable).toMatchObject([{ id: lost, why: expect.stringContaining("another SECRET_KEY") }]);
  expect(await createConnectionStore({ redis, secretKey: "a lost secret key" }).apiKeyOf(lost)).toBe("key-1");
});

test("F39: salts of rules are sealed anew with the API keys", async () => {
  const { redis } = context;
  const id = await store(oldSecretKey, "Shop", "key-1");
  const rules = [{ name: "Hash", then: { hash: "traits.email" } }];
  await createRuleStore({ redis, secretKey: oldSecretKey }).put(id, { version: 0, rules, salt: "pepper" });
  expect((await rekey({ redis, oldSecretKey, secretKey })).salts.resealed).toEqual([id]);
  expect((await rekey({ redis, oldSecretKey, secretKey })).salts.already).toEqual([id]);
  expect((await createRuleStore({ redis, secretKey }).open(id)).compiled?.ordered).toHaveLength(0);
  await expect(createRuleStore({ redis, secretKey: oldSecretKey }).open(id)).rejects.toThrow(SecretKeyError);
});

test("F33: the API key of a connection with a custom URL is given out only where custom URLs are allowed", async () => {
  const { redis } = context;
  const allowing = createConnectionStore({ redis, secretKey, allowCustomTrackUrl: true });
  const { id } = await allowing.ensure(input({ trackUrl: "http://127.0.0.1:9" }));
  expect(await allowing.apiKeyOf(id)).toBe("track-key-1");
  await expect(createConnectionStore({ redis, secretKey }).apiKeyOf(id)).rejects.toThrow(CustomUrlError);
});
