import { describe, expect, test } from "vitest";
import { checkOperation, createSandbox, limits } from "../src/index.ts";
import { badOperations } from "./contract/bad-operations.ts";
import { goodOperations } from "./contract/good-operations.ts";
import { basic, openSandbox } from "./open-sandbox.ts";
import { event } from "./operations.ts";

describe("An operation within the contract is taken:", () => {
  test.each(Object.entries(goodOperations))("%s", async (_name, operation) => {
    const { entity, sandbox } = await openSandbox();
    expect(checkOperation(operation)).toEqual([]);
    expect(await entity(operation)).toMatchObject({ status: 200, json: {} });
    expect(sandbox.memory.counts).toMatchObject({ accepted: 1, refused: 0 });
  });
});

describe("An operation that breaks the contract is refused, field and reason named:", () => {
  test.each(Object.entries(badOperations))("%s", async (_name, { operation, problems }) => {
    const { entity, sandbox } = await openSandbox();
    expect(told(checkOperation(operation))).toEqual(problems);
    const { status, json } = await entity(operation);
    expect(status).toBe(400);
    const { errors } = json as { errors: { field: string; reason: string; message: string }[] };
    expect(told(errors)).toEqual(problems);
    for (const { message } of errors) expect(message).not.toBe("");
    expect(sandbox.memory.counts).toMatchObject({ accepted: 0, refused: 1 });
  });
});

describe("What no JSON can hold", () => {
  test.each([
    ["a number that is none", Number.NaN],
    ["infinity", Number.POSITIVE_INFINITY],
    ["a function", () => 1],
    ["a big integer", 1n],
  ])("is refused: %s", (_name, value) => {
    expect(told(checkOperation(event("u1", "Bought", { attributes: { value } })))).toEqual([":invalid_type"]);
  });

  test("counts as absent when it is undefined", () => {
    const operation = event("u1", "Bought", {
      timestamp: undefined,
      route: undefined,
      attributes: { a: undefined },
    });
    expect(checkOperation(operation)).toEqual([]);
  });
});

test("100,000 nested arrays are refused at once, and the sandbox goes on", async () => {
  const { send, batch } = await openSandbox();
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const operation = `{"type":"person","action":"event","identifiers":{"id":"u1"},"name":"x","attributes":{"a":${deep}}}`;
  const { status, json } = await send("POST", "/api/v2/batch", `{"batch":[${operation}]}`);
  expect({ status, json }).toMatchObject({
    status: 207,
    json: { errors: [{ batch_index: 0, reason: "invalid_type" }] },
  });
  expect((await batch(event("u1", "Bought"))).status).toBe(200);
});

test("the size of an operation is that of its JSON, to the byte", async () => {
  const bare = event("u1", "Bought", { attributes: { text: "" } });
  const room = limits.operationBytes - Buffer.byteLength(JSON.stringify(bare));
  const withText = (text: string) => event("u1", "Bought", { attributes: { text } });
  expect(checkOperation(withText("x".repeat(room)))).toEqual([]);
  expect(told(checkOperation(withText("x".repeat(room + 1))))).toEqual([":too_large"]);
  expect(checkOperation(withText("\n".repeat(room / 2)))).toEqual([]);
  expect(told(checkOperation(withText("\n".repeat(room / 2 + 1))))).toEqual([":too_large"]);
});

test("checking leaves the operation as it was", () => {
  for (const operation of Object.values(goodOperations)) {
    const before = JSON.stringify(operation);
    checkOperation(Object.freeze(operation));
    expect(JSON.stringify(operation)).toBe(before);
  }
});

test("a sandbox of nothing but counters judges alike", async () => {
  const sandbox = await createSandbox({ memory: "counts" });
  const url = await sandbox.start();
  const operations = [
    ...Object.values(goodOperations),
    ...Object.values(badOperations).map((bad) => bad.operation),
  ];
  for (let start = 0; start < operations.length; start += 10) {
    const body = JSON.stringify({ batch: operations.slice(start, start + 10) });
    const headers = { authorization: basic(sandbox.keys[0] as { siteId: string; apiKey: string }) };
    await fetch(`${url}/api/v2/batch`, { method: "POST", headers, body });
  }
  await sandbox.close();
  const { accepted, refused } = sandbox.memory.counts;
  expect([accepted, refused]).toEqual([
    Object.keys(goodOperations).length,
    Object.keys(badOperations).length,
  ]);
});

function told(problems: { field: string; reason: string }[]): string[] {
  return problems.map(({ field, reason }) => `${field}:${reason}`);
}
