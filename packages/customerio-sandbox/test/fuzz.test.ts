import { expect, test } from "vitest";
import { goodOperations } from "./contract/good-operations.ts";
import { openSandbox } from "./open-sandbox.ts";

const rounds = 400;

/** Values that trip what takes them for something else. */
const odd: readonly unknown[] = [
  null,
  0,
  -1,
  1.5,
  1e308,
  true,
  "",
  " ",
  "u1",
  "__proto__",
  "\ud83d",
  "\u0000",
  "a".repeat(2_000),
  [],
  [[]],
  {},
  { toString: 1, valueOf: 1 },
  { id: { toString: 1 } },
  { length: 1 },
  { constructor: { prototype: 1 } },
  JSON.parse('{"__proto__":{"a":1}}'),
  { toJSON: 1 },
];

/** Names that mean something somewhere. */
const telling = [
  "name",
  "email",
  "id",
  "unsubscribed",
  "anonymous_id",
  "attributes",
  "constructor",
  "__proto__",
];

test("whatever is sent, it is answered 200 or 207, and all pages stand", async () => {
  const { batch, get, setFaults, sandbox } = await openSandbox({ peopleLimit: 20, activityLimit: 100 });
  await setFaults({ names: ["never"], persons: ["never"], status: 500 });
  const random = createRandom(20_251_123);
  const bases = Object.values(goodOperations);
  for (let round = 0; round < rounds; round++) {
    const operations = Array.from({ length: 10 }, () => mutated(pick(bases, random), random));
    const { status, text } = await batch(...operations);
    expect([200, 207], `${text}\nto ${JSON.stringify(operations)}`).toContain(status);
    if (round % 20 > 0) continue;
    for (const path of [
      "/",
      "/people",
      "/activity",
      "/api/people",
      "/api/activity",
      "/api/operations",
      "/api/counts",
    ]) {
      expect((await get(path)).status).toBe(200);
    }
  }
  expect(sandbox.memory.counts.accepted).toBeGreaterThan(rounds);
  expect(sandbox.memory.counts.refused).toBeGreaterThan(rounds);
});

/** A copy with something odd somewhere in it. */
function mutated(value: unknown, random: () => number): unknown {
  if (random() < 0.05) return pick(odd, random);
  if (Array.isArray(value)) return value.map((each) => mutated(each, random));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [
    key,
    key === "type" || key === "action" ? each : mutated(each, random),
  ]);
  if (random() < 0.5) entries.push([pick(telling, random), pick(odd, random)]);
  return Object.fromEntries(entries);
}

function pick<Value>(values: readonly Value[], random: () => number): Value {
  return values[Math.floor(random() * values.length)] as Value;
}

/** The same numbers each time (mulberry32), so that what fails once fails again. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
