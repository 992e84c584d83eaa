import { erasureKeys } from "@customerio-router/redis";
import { expect, onTestFinished, test } from "vitest";
import {
  liftErasure,
  PersonError,
  readErasureCipher,
  readPerson,
  readSealedErasure,
  rekey,
  rekeyLostErasures,
  requestErasure,
  watchErased,
} from "../src/index.ts";
import { redisForTests } from "./redis-for-tests.ts";

const context = redisForTests();
const secretKey = "a secret key of the tests";
const entry = (message: object) => ({ message: { type: "track", messageId: "m1", ...message } });

async function erase(person: string, connection = "all") {
  const { redis } = context;
  return await requestErasure({ redis, secretKey, person, connection, existing: ["c1"], suppress: false });
}

function watch(secret: string | undefined = secretKey) {
  const people = watchErased({ redis: context.redis, secretKey: secret });
  onTestFinished(() => people[Symbol.asyncDispose]());
  return people;
}

test("a person is read as an id, as an email address, or as what its prefix says", () => {
  expect(readPerson(" 42 ")).toEqual(["id:42"]);
  expect(readPerson("Ada@Example.com")).toEqual(["email:ada@example.com", "id:Ada@Example.com"]);
  expect(readPerson("anonymous_id:x:y")).toEqual(["anonymous_id:x:y"]);
  expect(readPerson("urn:7")).toEqual(["id:urn:7"]);
  for (const text of ["", "email:", "email:x"]) expect(() => readPerson(text)).toThrow(PersonError);
});

test("a message of an erased person keeps nothing but its id, type and time, until the erasure is lifted", async () => {
  const people = watch();
  const receivedAt = "2026-11-01T10:00:00.000Z";
  const message = entry({ userId: 42, receivedAt, traits: { email: "Ada@example.com", name: "Ada" } });
  await people.refresh();
  expect(people.pass("c1", message)).toBe(message);
  const { id } = await erase("ada@example.com");
  await people.refresh();
  const redacted = { message: { messageId: "m1", type: "track", receivedAt }, erased: true };
  expect(people.pass("c1", message)).toEqual(redacted);
  expect(people.pass("c2", entry({ properties: { email: "ada@example.com" } }))).toMatchObject({
    erased: true,
  });
  const neighbour = entry({ userId: "43", properties: { friend: "ada@example.com" } });
  expect(people.pass("c1", neighbour)).toBe(neighbour);
  expect(await liftErasure(context.redis, id)).toBe(true);
  await people.refresh();
  expect(people.pass("c1", message)).toBe(message);
});

test("an erasure of one connection counts there alone, and a messageId made from the person is replaced", async () => {
  const people = watch();
  await erase("id:ada-1", "c1");
  await people.refresh();
  const message = entry({ messageId: "order-of-ada-1", userId: "ada-1" });
  expect(people.pass("c2", message)).toBe(message);
  expect(JSON.stringify(people.pass("c1", message))).not.toContain("ada-1");
});

test("Redis has no person in clear, and rekey keeps the list", async () => {
  const { redis } = context;
  const { id } = await erase("id:somebody-secret");
  for (const key of [erasureKeys.list, erasureKeys.records, erasureKeys.sealed]) {
    expect(JSON.stringify(await redis.hgetall(key))).not.toContain("somebody-secret");
  }
  const newKey = "another secret key of the tests";
  expect(await rekey({ redis, oldSecretKey: secretKey, secretKey: newKey })).toMatchObject({
    erasures: "resealed",
  });
  expect(await rekey({ redis, oldSecretKey: secretKey, secretKey: newKey })).toMatchObject({
    erasures: "already",
  });
  const [former, latter] = [watch(), watch(newKey)];
  await Promise.all([former.refresh(), latter.refresh()]);
  expect(former.problem).toContain("another SECRET_KEY");
  expect(latter.pass("c1", entry({ userId: "somebody-secret" }))).toMatchObject({ erased: true });
  const cipher = await readErasureCipher(redis, newKey);
  expect(cipher?.unseal((await readSealedErasure(redis, id)) ?? "", id)).toEqual(["id:somebody-secret"]);
  expect(await rekey({ redis, oldSecretKey: "one", secretKey: "two" })).toMatchObject({
    erasures: "unreadable",
  });
  expect(await rekeyLostErasures({ redis, secretKey: newKey })).toBe(0);
  expect(await rekeyLostErasures({ redis, secretKey: "two" })).toBe(1);
  await latter.refresh();
  expect(latter.problem).toBeUndefined();
});

test("a list that another process changed is noticed", async () => {
  const people = watch();
  await people.refresh();
  await erase("id:7");
  await expect.poll(() => people.pass("c1", entry({ userId: "7" }))).toMatchObject({ erased: true });
});
