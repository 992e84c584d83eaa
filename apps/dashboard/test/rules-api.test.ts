import { appendRecords } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { input, secretKey, startDashboard } from "./dashboard-for-tests.ts";
import { record } from "./record.ts";

const apiToken = "a token of the tests";

async function start() {
  const dashboard = await startDashboard({ apiToken, secretKey });
  const { id } = await dashboard.store.ensure(input());
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${dashboard.url}/api/connections/${path}`, {
      method,
      headers: { authorization: `Bearer ${apiToken}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: JSON.parse(text) };
  };
  return { dashboard, id, call, [Symbol.asyncDispose]: () => dashboard[Symbol.asyncDispose]() };
}

const rules = [
  { name: "No bots", on: true, if: 'message.userId == "bot"', then: { drop: true } },
  { name: "Hash", on: false, if: "", then: { hash: "traits.email" } },
];

test("rules are read and replaced whole, by their version", async () => {
  await using context = await start();
  const { id, call } = context;
  const path = `${id}/rules`;
  expect(await call("GET", path)).toEqual({ status: 200, json: { version: 0, rules: [], salted: false } });
  const saved = { version: 1, rules, salted: true };
  expect(await call("PUT", path, { version: 0, rules, salt: "pepper" })).toEqual({
    status: 200,
    json: saved,
  });
  expect(await call("GET", path)).toEqual({ status: 200, json: saved });
  expect(await call("PUT", path, { version: 0, rules: [] })).toMatchObject({
    status: 409,
    json: { error: expect.stringContaining("changed meanwhile"), version: 1 },
  });
  expect((await call("GET", path)).json).toEqual(saved);
  expect((await call("GET", "nobody/rules")).status).toBe(404);
  expect((await call("PUT", "nobody/rules", { version: 0, rules })).status).toBe(404);
});

test("problems are told with their fields, and nothing is saved", async () => {
  await using context = await start();
  const { id, call } = context;
  const bad = [
    { name: "A", if: 'message.event = "x"', then: { drop: true } },
    { name: "B", then: { remove: "userId" }, unknown: 1 },
  ];
  const { status, json } = await call("PUT", `${id}/rules`, { version: 0, rules: bad });
  expect(status).toBe(422);
  expect(json.problems).toMatchObject([
    { field: "rules.0.if", message: expect.stringMatching(/^Character 15: /) },
    { field: "rules.1.unknown" },
    { field: "rules.1.then.remove" },
  ]);
  expect((await call("GET", `${id}/rules`)).json.version).toBe(0);
  expect((await call("PUT", `${id}/rules`, { rules: [] })).json.problems).toMatchObject([
    { field: "version" },
  ]);
});

test("a preview runs over recorded messages, and saves nothing", async () => {
  await using context = await start();
  const { dashboard, id, call } = context;
  const of = (messageId: string, userId: string) => {
    const kept = record(messageId);
    return { ...kept, message: { ...(kept.message as object), userId } };
  };
  await appendRecords(dashboard.redis, id, [of("m1", "bot"), of("m2", "ann"), of("m3", "bob")]);
  const { status, json } = await call("POST", `${id}/rules/preview`, { rules });
  expect(status).toBe(200);
  expect(json).toMatchObject({
    ...{ messages: 3, dropped: 1, changed: 0, unmatched: 2, failed: 0, otherwise: 1, isComplete: true },
    examples: [{ messageId: "m1", rules: ["No bots"], after: { message: null, reason: "rule: No bots" } }],
  });
  const settings = await call("POST", `${id}/rules/preview`, { rules: [], settings: { identifyBy: "id" } });
  expect(settings.json).toMatchObject({ dropped: 0, messages: 3 });
  const refused = await call("POST", `${id}/rules/preview`, { rules: [{}], settings: { identifyBy: 1 } });
  expect(refused.status).toBe(422);
  expect(refused.json.problems.map(({ field }: { field: string }) => field)).toContain("settings.identifyBy");
  expect((await call("GET", `${id}/rules`)).json.version).toBe(0);
});
