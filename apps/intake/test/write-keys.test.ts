import { expect, test } from "vitest";
import { basic, errorOf, redisForTests, send, startIntake } from "./intake-for-tests.ts";

const redis = redisForTests();
const call = { type: "track", userId: "u1", event: "E" };

test("the write key is found wherever an SDK puts it", async () => {
  await using intake = await startIntake(redis.server);
  const { writeKey } = intake;
  const bare = `Basic ${Buffer.from(writeKey).toString("base64")}`;
  const answers = [
    await intake.post("/v1/track", call, { authorization: basic(writeKey) }),
    await intake.post("/v1/track", call, { authorization: bare }),
    await intake.post("/v1/track", call, { authorization: basic(writeKey).replace("Basic", "basic") }),
    await intake.post("/v1/track", { ...call, writeKey }, {}),
    await intake.post("/v1/track", { ...call, writeKey }, { authorization: "Bearer of-somebody" }),
    await intake.post("/v1/track", { ...call, writeKey }, { authorization: "Basic Og==" }),
    await intake.post(`/v1/track?writeKey=${writeKey}`, call, {}),
    await intake.post("/v1/batch", { batch: [call], writeKey }, {}),
    await intake.post("/v1/batch", { batch: [{ ...call, writeKey }] }, {}),
  ];
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(await intake.entries()).toEqual(
    answers.map(() => ({
      message: { ...call, messageId: expect.any(String), receivedAt: expect.any(String) },
      from: intake.from,
    })),
  );
});

test("F32 whatever is wrong with a write key, the answer is one and the same", async () => {
  await using intake = await startIntake(redis.server);
  const answers = [
    await intake.post("/v1/track", call, {}),
    await intake.post("/v1/track", call, { authorization: basic("nobody's") }),
    await intake.post("/v1/track", call, { authorization: basic(intake.writeKey.slice(0, -1)) }),
    await intake.post("/v1/track", call, { authorization: "Basic ***" }),
    await intake.post("/v1/track", { ...call, writeKey: 7 }, {}),
    await intake.post("/v1/batch", { batch: [], writeKey: "nobody's" }, {}),
  ];
  const error = { reason: "unknown-write-key", message: expect.any(String) };
  for (const answer of answers) {
    expect(answer.status).toBe(401);
    expect(errorOf(answer)).toEqual(error);
  }
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  expect(await intake.entries()).toEqual([]);
});

test("F34 no write key and no message is logged, whatever becomes of a request", async () => {
  await using intake = await startIntake(redis.server);
  const { writeKey, url } = intake;
  const personal = { ...call, userId: "personal@example.com", writeKey };
  await intake.post("/v1/track", personal, {});
  await intake.post("/v1/track", { ...personal, event: "" }, {});
  await intake.post(`/v1/unknown?writeKey=${writeKey}`, personal, {});
  await intake.post(`/v1/track%zz?writeKey=${writeKey}`, personal, {});
  await intake.post(`/v1/track?writeKey=${writeKey}`, `${JSON.stringify(personal)}}`, {});
  await intake.post("/v1/track", call, { authorization: basic("guessed-key") });
  for (const path of [
    `/v1/track?writeKey=${writeKey}`,
    `/v1/projects/${writeKey}/settings`,
    `/analytics.js/v1/${writeKey}/analytics.min.js`,
    `/analytics.js/v1/${writeKey}/%zz`,
    `/${writeKey}`,
  ]) {
    await send(`${url}${path}`, { method: "GET" });
  }
  expect(intake.log()).toContain("malformed-json");
  for (const secret of [writeKey, "guessed-key", "personal@example.com", "hunter2"]) {
    expect(intake.log()).not.toContain(secret);
  }
});
