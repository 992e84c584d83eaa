import { setTimeout as sleep } from "node:timers/promises";
import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { basic, redisForTests, startIntake } from "./intake-for-tests.ts";

const redis = redisForTests();

test("F223 refused calls are counted by reason, with the last sender and examples without secrets", async () => {
  await using intake = await startIntake(redis.server);
  const { id, writeKey } = intake;
  const headers = { authorization: basic(writeKey), "user-agent": `shop/1.2 ${writeKey}` };
  const call = { userId: "u1", writeKey, apiToken: "hunter2", deep: [{ password: ["hunter2"] }] };
  await intake.post("/v1/track", call, headers);
  await intake.post("/v1/track", `{"event":"Cut","Password": "hunter2\\"x","key":"${writeKey}"`, headers);
  await waitFor(async () => (await intake.refused(id)).length === 2, { what: "both reasons" });
  const refused = await intake.refused(id);
  const common = {
    status: 400,
    requests: 1,
    userAgent: "shop/1.2 (hidden)",
    examples: [{ path: "/v1/track" }],
  };
  expect(refused).toMatchObject([common, common]);
  const bodies = Object.fromEntries(refused.map(({ reason, examples }) => [reason, examples[0]?.body]));
  expect(JSON.parse(bodies["no-name"] ?? "")).toMatchObject({
    userId: "u1",
    writeKey: "(hidden)",
    apiToken: "(hidden)",
    deep: [{ password: "(hidden)" }],
  });
  expect(bodies["malformed-json"]).toBe('{"event":"Cut","Password": "(hidden)","key":"(hidden)"');
  expect(JSON.stringify(refused)).not.toMatch(new RegExp(`hunter2|${writeKey}`));
});

test("F223 of an unknown write key there are counts alone, and a salvaged body is among the refused", async () => {
  await using intake = await startIntake(redis.server);
  const requests = async () =>
    (await intake.refused()).find(({ reason }) => reason === "unknown-write-key")?.requests ?? 0;
  const before = await requests();
  const stranger = { authorization: basic("nobody's-key"), "user-agent": "stranger/1" };
  await intake.post("/v1/track", { userId: "stranger-id", event: "E" }, stranger);
  await intake.post("/v1/batch", '{"batch":[{"type":"track","userId":"u2","event":"Kept"},{"type":"tr');
  await waitFor(async () => (await requests()) === before + 1, { what: "the unknown key" });
  await waitFor(async () => (await intake.refused(intake.id)).length === 1, { what: "the salvaged one" });
  expect(JSON.stringify(await intake.refused())).not.toMatch(/stranger|nobody/);
  expect(await intake.refused(intake.id)).toMatchObject([
    { reason: "salvaged", status: 200, examples: [{ body: expect.stringContaining('"event":"Kept"') }] },
  ]);
});

test("F223 a reason has at most five examples of 1 KB, the newest, and every request is counted", async () => {
  await using intake = await startIntake(redis.server);
  const large = "ü".repeat(10_000);
  for (let index = 0; index < 7; index++) {
    await intake.post("/v1/track", { userId: `u${index}`, large });
    await waitFor(async () => (await intake.refused(intake.id))[0]?.requests === index + 1, {
      what: "it to be counted",
    });
  }
  const [{ examples } = { examples: [] }] = await intake.refused(intake.id);
  const people = examples.map(({ body = "" }) => /"userId":"(u\d)"/.exec(body)?.[1]);
  expect(people).toEqual(["u6", "u5", "u4", "u3", "u2"]);
  for (const { body = "" } of examples) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(1_024);
});

test("F224 what is refused while Redis is away is counted once it is back", async () => {
  await using intake = await startIntake(redis.server);
  await intake.post("/v1/track", { userId: "u" });
  await redis.server.kill("SIGKILL");
  const answers = await Promise.all([1, 2, 3].map(() => intake.post("/v1/track", { userId: "u" })));
  expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
  // Long enough that one write fails.
  await sleep(200);
  await redis.server.restart();
  await waitFor(async () => ((await intake.refused(intake.id))[0]?.requests ?? 0) >= 3, { what: "them" });
});
