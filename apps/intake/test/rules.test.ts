import { rm } from "node:fs/promises";
import { createRuleStore } from "@customerio-router/connections";
import { findInFiles, findInRedis, waitFor } from "@customerio-router/fixtures";
import { connectionKeys } from "@customerio-router/redis";
import { expect, onTestFinished, test } from "vitest";
import { basic, send } from "./intake-for-tests.ts";
import { type IntakeProcess, startIntakeProcess } from "./intake-process.ts";
import { noConnection, openSourceSetting, secretKey } from "./source-setting.ts";

const card = "4111111111111111";

/** A source that feeds a connection with rules and, by `beside`, one without. */
async function openSetting({ beside = false } = {}) {
  const setting = await openSourceSetting();
  const { redis, client, sources, connect, dataDir } = setting;
  const shop = await connect("Shop");
  const other = beside ? await connect("Other") : undefined;
  const connections = other === undefined ? [shop] : [shop, other];
  const saved = await sources.create({ name: "App", kind: "server", writeKey: "app", connections });
  if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
  const rules = createRuleStore({ redis: client, secretKey });
  await rules.put(shop, {
    version: 0,
    salt: "pepper",
    rules: [
      { name: "No cards", then: { remove: "properties.card" } },
      { name: "Hash", then: { hash: "properties.email" } },
      { name: "No bots", if: 'message.userId == "bot"', then: { drop: true } },
    ],
  });
  const start = () =>
    startIntakeProcess({ redisUrl: redis.url, dataDir, environment: noConnection, ready: "/livez" });
  const intake = await start();
  onTestFinished(() => intake.process[Symbol.asyncDispose]());
  return { ...setting, rules, shop, other: other ?? "", intake, start };
}

function post({ url }: IntakeProcess, path: string, body: unknown) {
  return send(`${url}${path}`, { method: "POST", body, headers: { authorization: basic("app") } });
}

const track = (messageId: string, more: object = {}) => ({
  ...{
    type: "track",
    userId: "ann",
    event: "Paid",
    messageId,
    properties: { card, email: "Ann@example.com" },
  },
  ...more,
});

test("F259 what a rule removes of every message is in no key, file or log, however the call came", async () => {
  const { redis, client, intake, shop, waiting, dataDir } = await openSetting();
  await waitFor(async () => (await post(intake, "/v1/track", track("m1"))).status === 200, {
    what: "the source",
  });
  // Kept as rejected, saved from a corrupt body, refused with an example, and while Redis is away.
  await post(intake, "/v1/batch", { batch: [track("m2"), track("m3", { type: "unknown" }), `card ${card}`] });
  await post(intake, "/v1/batch", `{"batch":[${JSON.stringify(track("m4"))},{"properties":{"card":"${card}`);
  expect((await post(intake, "/v1/track", { ...track("m5"), event: "" })).status).toBe(400);
  expect((await post(intake, "/v1/track", `{"card":"${card}`)).status).toBe(400);
  await waitFor(async () => (await waiting(shop)).length >= 5, { what: "the entries" });
  const [first] = await waiting(shop);
  expect(first).toMatchObject({
    message: { messageId: "m1", properties: { email: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    treated: ["properties.card", "properties.email"],
  });
  expect(await findInRedis(client, [card])).toEqual([]);
  await redis.kill("SIGTERM");
  await waitFor(async () => (await post(intake, "/v1/track", track("m6"))).status === 200, {
    what: "the spool",
    timeoutMs: 20_000,
  });
  await waitFor(async () => (await intake.spooledMessages()) > 0, { what: "the spooled message" });
  expect(await findInFiles(dataDir, [card])).toEqual([]);
  expect(intake.process.output).not.toContain(card);
  await redis.restart();
  await waitFor(async () => (await intake.spooledMessages()) === 0, { what: "the drain", timeoutMs: 30_000 });
  expect(await findInRedis(client, [card])).toEqual([]);
});

test("F323 an intake that could not read the rules yet takes nothing that they may change", async () => {
  const { client, intake, start, waiting, shop, dataDir } = await openSetting();
  await waitFor(async () => (await post(intake, "/v1/track", track("m1"))).status === 200, {
    what: "the source",
  });
  await intake.process.kill("SIGTERM");
  await rm(dataDir, { recursive: true, force: true });
  await client.rename(connectionKeys.rules, "rules-meanwhile");
  await client.set(connectionKeys.rules, "not a hash");
  const again = await start();
  onTestFinished(() => again.process[Symbol.asyncDispose]());
  await waitFor(async () => (await post(again, "/v1/track", track("m2"))).status === 429, {
    what: "the intake to know that it does not know",
  });
  expect(await again.readiness()).toMatchObject({
    status: 503,
    problems: ["The rules of the connections are not read yet"],
  });
  // The examples of refused calls are written once a second.
  await waitFor(async () => (await findInRedis(client, ["unavailable"])).length > 0, {
    what: "the refused calls to be counted",
  });
  await client.rename("rules-meanwhile", connectionKeys.rules);
  await waitFor(async () => (await post(again, "/v1/track", track("m3"))).status === 200, {
    what: "the rules to be read",
  });
  expect(await findInRedis(client, [card])).toEqual([]);
  await waitFor(async () => (await waiting(shop)).length === 2, { what: "both messages" });
});

test("each connection has its own rules, and new ones count within a second", async () => {
  const { intake, shop, other, rules, waiting, untilInRedis } = await openSetting({ beside: true });
  await waitFor(async () => (await post(intake, "/v1/track", track("m1"))).status === 200, {
    what: "the source",
  });
  await untilInRedis(intake, [shop, other]);
  const propertiesIn = async (id: string) =>
    (await waiting(id)).map(({ message }) => (message as { properties: object }).properties);
  expect((await propertiesIn(shop)).at(0)).not.toHaveProperty("card");
  expect((await propertiesIn(other)).at(0)).toEqual({ card, email: "Ann@example.com" });
  await rules.put(other, { version: 0, rules: [{ name: "No cards", then: { remove: "properties.card" } }] });
  let sent = 1;
  await waitFor(
    async () => {
      sent += 1;
      await post(intake, "/v1/track", track(`n${sent}`));
      return (await propertiesIn(other)).some((properties) => !("card" in properties));
    },
    { what: "the new rules" },
  );
});

test("F259 an intake that starts while Redis is away knows the rules from its spool's file", async () => {
  const { redis, intake, start, dataDir } = await openSetting();
  await waitFor(async () => (await post(intake, "/v1/track", track("m1"))).status === 200, {
    what: "the source",
  });
  await intake.process.kill("SIGTERM");
  await redis.kill("SIGTERM");
  const again = await start();
  onTestFinished(() => again.process[Symbol.asyncDispose]());
  expect((await post(again, "/v1/track", track("m2"))).status).toBe(200);
  expect(await again.spooledMessages()).toBe(1);
  expect(await findInFiles(dataDir, [card, "Ann@example.com"])).toEqual([]);
});
