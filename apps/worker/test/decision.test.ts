import { createCustomerioClient } from "@customerio-router/customerio";
import { expect, onTestFinished, test } from "vitest";
import { decide } from "../src/retry/decision.ts";
import { type Reply, startDestination } from "./destination.ts";
import { disposed } from "./setting.ts";

const stray = { errors: [{ reason: "invalid" }] };
const namesOne = { errors: [{ batch_index: 1, reason: "invalid", field: "name", message: "too long" }] };

test.each([200, 201, 202, 203, 204, 206, 226])("a %i delivers every operation", async (status) => {
  expect(await decideOn({ status })).toEqual({ kind: "settled", rejected: new Map() });
});

test.each<[string, Reply]>([
  ["a 207", { status: 207, body: namesOne }],
  ["a 200", { status: 200, body: namesOne }],
])("%s rejects the operation it names, and delivers the others", async (_, reply) => {
  const rejection = {
    reason: "refused-by-customerio",
    message: expect.stringContaining("too long"),
    field: "name",
  };
  expect(await decideOn(reply)).toEqual({ kind: "settled", rejected: new Map([[1, rejection]]) });
});

test.each<[string, Reply]>([
  ["400", { status: 400 }],
  ["413", { status: 413 }],
  ["422", { status: 422 }],
  ["207 whose error entry has no batch_index", { status: 207, body: stray }],
])("a %s halves a request, and rejects a single operation", async (_, reply) => {
  expect(await decideOn(reply, 2)).toEqual({ kind: "halved" });
  expect(await decideOn(reply, 1)).toMatchObject({
    kind: "settled",
    rejected: new Map([[0, expect.anything()]]),
  });
});

test("a 404 rejects the event that went to v1 alone", async () => {
  const client = await openClient({ status: 404 });
  const event = {
    type: "person",
    action: "event",
    identifiers: { id: "p" },
    name: "E",
    id: "m",
    attributes: {},
  } as const;
  const reply = await client.sendEvent(event);
  expect(decide(reply, 1)).toMatchObject({ kind: "settled", rejected: new Map([[0, expect.anything()]]) });
});

test("a 500 may be the fault of the operations", async () => {
  expect(await decideOn({ status: 500 })).toMatchObject({ kind: "failed" });
});

test.each<[string, Reply]>([
  ...[408, 501, 502, 503, 504, 505, 507, 511, 520, 599].map((status): [string, Reply] => [
    `a ${status}`,
    { status },
  ]),
  ["a 200 that is HTML", { status: 200, body: "<html>" }],
  ["a 207 without a list of errors", { status: 207 }],
  ["a broken connection", (_, response) => response.destroy()],
  ["silence until the deadline", () => {}],
])("%s defers the operations", async (_, reply) => {
  expect(await decideOn(reply)).toEqual({ kind: "deferred", why: expect.any(String), isBusy: false });
});

test("a 429, and any such reply with Retry-After, asks everybody for patience", async () => {
  const headers = { "retry-after": "7" };
  expect(await decideOn({ status: 429 })).toMatchObject({ kind: "deferred", isBusy: true });
  for (const status of [429, 503, 599]) {
    expect(await decideOn({ status, headers })).toMatchObject({
      kind: "deferred",
      isBusy: true,
      retryAfterMs: 7_000,
    });
  }
});

test.each([
  ...[401, 403].map((status) => [status, "enter the correct ones"] as const),
  [402, "check the account"] as const,
  ...[300, 301, 302, 303, 304, 307, 308].map(
    (status) => [status, "check the region and the address"] as const,
  ),
  ...[404, 405, 406, 407, 409, 410, 411, 414, 415, 418, 421, 423, 425, 426, 428, 431, 451, 499].map(
    (status) => [status, "check the region and the address"] as const,
  ),
])("a %i waits for a person, who is told to %s", async (status, what) => {
  const decision = await decideOn({ status });
  expect(decision).toEqual({ kind: "needs-attention", why: expect.stringContaining(what) });
});

async function openClient(reply: Reply) {
  const destination = disposed(await startDestination());
  destination.reply = () => reply;
  const client = createCustomerioClient({
    siteId: "site",
    apiKey: "the-api-key-of-the-tests",
    region: "us",
    trackUrl: destination.url,
    deadlineMs: 500,
  });
  onTestFinished(() => client.close());
  return client;
}

/** What follows from this reply to a request of `count` operations. */
async function decideOn(reply: Reply, count = 2) {
  const client = await openClient(reply);
  const operation = JSON.stringify({ type: "person", action: "identify", identifiers: { id: "p" } });
  const operations = Array.from({ length: count }, () => operation);
  return decide(await client.sendBatch(operations), count);
}
