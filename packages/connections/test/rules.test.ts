import { waitFor } from "@customerio-router/fixtures";
import { applyRules } from "@customerio-router/rules";
import { expect, test } from "vitest";
import { createConnectionStore, createRuleStore, deleteConnection, readRuleFailures } from "../src/index.ts";
import { input, redisForTests, secretKey } from "./redis-for-tests.ts";

const context = redisForTests();

async function open() {
  const { redis } = context;
  const store = createConnectionStore({ redis, secretKey });
  const saved = await store.create(input());
  if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
  return { redis, store, id: saved.connection.id, rules: createRuleStore({ redis, secretKey }) };
}

const drop = { name: "No noise", on: true, if: 'message.event == "Noise"', then: { drop: true } };

test("a connection begins without rules; each save makes the next version", async () => {
  const { id, rules } = await open();
  expect(await rules.read(id)).toEqual({ version: 0, rules: [], salted: false });
  expect(await rules.put(id, { version: 0, rules: [drop] })).toEqual({
    ok: true,
    list: { version: 1, rules: [drop], salted: false },
  });
  expect(await rules.put(id, { version: 1, rules: [] })).toMatchObject({ ok: true, list: { version: 2 } });
});

test("a save on an older version is refused, and so is one with a problem: nothing is saved", async () => {
  const { id, rules } = await open();
  await rules.put(id, { version: 0, rules: [drop] });
  expect(await rules.put(id, { version: 0, rules: [] })).toEqual({ ok: false, why: "conflict", version: 1 });
  expect(await rules.put(id, { version: 1, rules: [drop, { ...drop, if: "x" }], salt: 5 })).toMatchObject({
    ok: false,
    why: "invalid",
    problems: [{ field: "rules.1.if" }, { field: "rules.1.name" }, { field: "salt" }],
  });
  expect(await rules.read(id)).toEqual({ version: 1, rules: [drop], salted: false });
});

test("of two saves of the same version one is refused", async () => {
  const { id, rules } = await open();
  const saves = await Promise.all([1, 2].map(() => rules.put(id, { version: 0, rules: [drop] })));
  expect(saves.map((saved) => saved?.ok).sort()).toEqual([false, true]);
});

test("the salt is sealed, stays with the next save, and is removed by null", async () => {
  const { redis, id, rules } = await open();
  const list = [{ name: "Hash", then: { hash: "traits.email" } }];
  const email = async () => {
    const { compiled } = await rules.open(id);
    const applied = compiled && applyRules(compiled, { traits: { email: "ann@example.com" } });
    return applied?.kind === "message" && JSON.stringify(applied.message);
  };
  await rules.put(id, { version: 0, rules: list, salt: "pepper" });
  const salted = await email();
  await rules.put(id, { version: 1, rules: list });
  expect(await email()).toBe(salted);
  const hashes = (await redis.keys("*:{connections}:*")).filter((key) => !/:(version|format)$/.test(key));
  const everything = await Promise.all(hashes.map((key) => redis.hgetall(key)));
  expect(JSON.stringify(everything)).not.toContain("pepper");
  expect(await rules.put(id, { version: 2, rules: list, salt: null })).toMatchObject({
    list: { salted: false },
  });
  expect(await email()).not.toBe(salted);
});

test("a save is told to whoever watches the connections, and found by what was opened before", async () => {
  const { store, id, rules } = await open();
  const told: (string | undefined)[] = [];
  await using _ = store.watch((changed) => told.push(changed));
  const { stored } = await rules.open(id);
  await waitFor(() => told.length > 0, { what: "the first look" });
  expect(await rules.findChanged(new Map([[id, stored]]))).toEqual([]);
  await rules.put(id, { version: 0, rules: [drop] });
  await waitFor(() => told.includes(id), { what: "the change" });
  expect(await rules.findChanged(new Map([[id, stored]]))).toEqual([id]);
});

test("the rules of a deleted connection are gone with it, and none can be saved for it", async () => {
  const { redis, store, id, rules } = await open();
  await rules.put(id, { version: 0, rules: [drop], salt: "pepper" });
  await deleteConnection({ redis, store }, id);
  expect(await rules.read(id)).toBeUndefined();
  expect(await rules.put(id, { version: 0, rules: [] })).toBeUndefined();
  expect((await rules.open(id)).stored).toEqual({ rules: undefined, salt: undefined });
  expect(await readRuleFailures(redis, id)).toEqual({});
});
