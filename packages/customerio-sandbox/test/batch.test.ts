import { expect, test } from "vitest";
import { limits } from "../src/index.ts";
import { openSandbox } from "./open-sandbox.ts";
import { event, identify, object } from "./operations.ts";

test("a batch of good operations is answered 200 with an empty object", async () => {
  const { batch, sandbox } = await openSandbox();
  const { status, text } = await batch(identify("u1"), event("u1", "Bought"), object("identify"));
  expect([status, text]).toEqual([200, "{}"]);
  expect(sandbox.memory.counts.accepted).toBe(3);
});

test("a batch with some bad operations is answered 207 with their places, and the others are taken", async () => {
  const { batch, activity } = await openSandbox();
  const { status, json } = await batch(event("u1", "First"), event("u1", ""), event("u1", "Third"), {
    ...event("u1", "Fourth"),
    route: "v1",
    timestamp: "now",
  });
  expect(status).toBe(207);
  expect(json).toEqual({
    errors: [
      { batch_index: 1, reason: "required", field: "name", message: "name must not be blank" },
      { batch_index: 3, reason: "unknown_field", field: "route", message: expect.any(String) },
      { batch_index: 3, reason: "invalid_type", field: "timestamp", message: expect.any(String) },
    ],
  });
  expect((await activity()).map(({ name }) => name)).toEqual(["First", "Third"]);
});

test("a batch of bad operations alone is still answered 207", async () => {
  const { batch } = await openSandbox();
  expect((await batch({}, null)).status).toBe(207);
});

test("an empty batch is fine", async () => {
  const { batch } = await openSandbox();
  expect((await batch()).status).toBe(200);
});

test.each([
  ["nothing", ""],
  ["no JSON", "batch="],
  ["JSON cut short", '{"batch":[{"type":"person"'],
  ["a list", "[]"],
  ["null", "null"],
  ["an object without batch", "{}"],
  ["a batch that is an object", '{"batch":{}}'],
])("a body that is %s is answered 400 as a whole", async (_name, body) => {
  const { send } = await openSandbox();
  const { status, json } = await send("POST", "/api/v2/batch", body);
  expect(status).toBe(400);
  expect(json).toEqual({ errors: [{ field: "batch", reason: "required", message: expect.any(String) }] });
});

test("a batch may have 500,000 bytes and not one more", async () => {
  const { send, sandbox } = await openSandbox();
  const operations = Array.from({ length: 500 }, () =>
    event("u1", "Bought", { attributes: { text: "x".repeat(800) } }),
  );
  const body = JSON.stringify({ batch: operations });
  expect((await send("POST", "/api/v2/batch", body.padEnd(limits.batchBytes))).status).toBe(200);
  const { status, json } = await send("POST", "/api/v2/batch", body.padEnd(limits.batchBytes + 1));
  expect(status).toBe(400);
  expect(json).toMatchObject({ errors: [{ reason: "too_large" }] });
  expect(sandbox.memory.counts.accepted).toBe(500);
});

test("a body of many megabytes is refused unread", async () => {
  const { send, batch } = await openSandbox();
  const { status } = await send("POST", "/api/v2/batch", "x".repeat(11_000_000));
  expect(status).toBe(413);
  expect((await batch()).status).toBe(200);
});

test("an operation of over 32,000 bytes is refused, its neighbours are taken", async () => {
  const { batch } = await openSandbox();
  const large = event("u1", "Large", { attributes: { text: "x".repeat(limits.operationBytes) } });
  const { status, json } = await batch(event("u1", "Small"), large);
  expect(status).toBe(207);
  expect(json).toMatchObject({ errors: [{ batch_index: 1, reason: "too_large", field: "" }] });
});

test("the content type does not matter", async () => {
  const { send } = await openSandbox();
  const headers = { "content-type": "text/plain" };
  expect((await send("POST", "/api/v2/batch", { batch: [] }, headers)).status).toBe(200);
});

test("keys named __proto__ and constructor are data, and change no prototype", async () => {
  const { send, person } = await openSandbox();
  const attributes = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
  const body = `{"batch":[{"type":"person","action":"identify","identifiers":{"id":"u1"},"attributes":${attributes}}]}`;
  expect((await send("POST", "/api/v2/batch", body)).status).toBe(200);
  expect(JSON.stringify((await person("u1"))?.attributes)).toBe(`{"id":"u1",${attributes.slice(1)}`);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});
