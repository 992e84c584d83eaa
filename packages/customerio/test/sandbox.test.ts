import { createSandbox, defaultKeys } from "@customerio-router/customerio-sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCustomerioClient, type EventOperation } from "../src/index.ts";

/** What an independent reading of Track API answers to this client. */
const sandbox = await createSandbox({ region: "eu", environmentId: 7 });
const open = (keys = defaultKeys) => createCustomerioClient({ ...keys, trackUrl: sandbox.url });

beforeAll(() => sandbox.start());
afterAll(() => sandbox.close());

const event: EventOperation = {
  type: "person",
  action: "event",
  identifiers: { id: "u1" },
  name: "Clicked Button",
  id: "01J00000000000000000000000",
  attributes: { text: "x".repeat(40_000) },
};

test("a batch is taken but for what breaks a limit", async () => {
  const client = open();
  const identify = {
    type: "person",
    action: "identify",
    identifiers: { id: "u1" },
    attributes: { plan: "pro" },
  };
  const tooLong = { ...identify, identifiers: { id: "x".repeat(151) } };
  const answer = await client.sendBatch([identify, tooLong].map((operation) => JSON.stringify(operation)));
  client.close();
  expect(answer).toMatchObject({
    kind: "accepted",
    status: 207,
    rejected: new Map([[1, expect.objectContaining({ reason: expect.any(String) })]]),
  });
});

test("an event too large for a batch is taken by v1", async () => {
  const client = open();
  const answers = [await client.sendBatch([JSON.stringify(event)]), await client.sendEvent(event)];
  client.close();
  expect(answers).toMatchObject([
    { kind: "accepted", rejected: new Map([[0, expect.anything()]]) },
    { kind: "accepted", rejected: new Map() },
  ]);
});

test("the keys' region is found, and wrong keys are told apart", async () => {
  const client = open();
  const stranger = open({ siteId: "somebody", apiKey: "else" });
  expect(await client.findRegion()).toEqual({ kind: "found", region: "eu", environmentId: 7 });
  expect(await stranger.findRegion()).toEqual({ kind: "unauthorized", status: 401 });
  expect(await stranger.sendBatch([])).toMatchObject({ kind: "unauthorized", status: 401 });
  client.close();
  stranger.close();
});
