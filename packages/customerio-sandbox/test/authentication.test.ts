import { expect, test } from "vitest";
import { defaultKeys } from "../src/index.ts";
import { basic, openSandbox } from "./open-sandbox.ts";

const region = "/api/v1/accounts/region";

test("good keys learn the region", async () => {
  const { get } = await openSandbox({ region: "eu", environmentId: 7 });
  const { status, json } = await get(region);
  expect(status).toBe(200);
  expect(json).toEqual({ url: "https://track-eu.customer.io", region: "eu", environment_id: 7 });
});

test.each([
  ["no header", ""],
  ["a wrong key", basic({ siteId: defaultKeys.siteId, apiKey: "wrong" })],
  ["a wrong site", basic({ siteId: "wrong", apiKey: defaultKeys.apiKey })],
  ["the pair turned round", basic({ siteId: defaultKeys.apiKey, apiKey: defaultKeys.siteId })],
  ["another scheme", `Bearer ${defaultKeys.apiKey}`],
  ["no base 64", `Basic ${defaultKeys.siteId}:${defaultKeys.apiKey}`],
])("%s is answered 401, and nothing is taken", async (_name, authorization) => {
  const { send, sandbox } = await openSandbox();
  const requests = [
    ["GET", region],
    ["POST", "/api/v2/batch", { batch: [{}] }],
    ["POST", "/api/v2/entity", {}],
    ["PUT", "/api/v1/customers/u1", {}],
    ["POST", "/api/v1/customers/u1/events", { name: "Bought" }],
  ] as const;
  for (const [method, path, body] of requests) {
    const { status, json } = await send(method, path, body, { authorization });
    expect([path, status, json]).toEqual([path, 401, { meta: { error: "Unauthorized request" } }]);
  }
  expect(sandbox.memory.counts).toMatchObject({ accepted: 0, refused: 0 });
});

test("the scheme's name may be written in any case", async () => {
  const { send } = await openSandbox();
  const authorization = basic(defaultKeys).replace("Basic", "basic");
  expect((await send("GET", region, undefined, { authorization })).status).toBe(200);
});

test("a sandbox accepts every pair it was given, and no other", async () => {
  const keys = [
    { siteId: "one", apiKey: "a:b" },
    { siteId: "two", apiKey: "ü" },
  ];
  const { send } = await openSandbox({ keys });
  for (const pair of keys) {
    expect((await send("GET", region, undefined, { authorization: basic(pair) })).status).toBe(200);
  }
  expect((await send("GET", region, undefined, { authorization: basic(defaultKeys) })).status).toBe(401);
});
