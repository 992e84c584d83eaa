import { expect, test } from "vitest";
import { errorOf, redisForTests, startIntake } from "./intake-for-tests.ts";

const redis = redisForTests();

test.each([
  ["identify", "i", { userId: "u1", traits: { plan: "pro" } }],
  ["track", "t", { userId: "u1", event: "Clicked Button" }],
  ["page", "p", { userId: "u1" }],
  ["screen", "s", { anonymousId: "a1", name: "Home" }],
  ["group", "g", { userId: "u1", groupId: "g1" }],
  ["alias", "a", { userId: "u2", previousId: "u1" }],
])("%s is taken at its path and at /v1/%s, its type taken from there", async (type, letter, call) => {
  await using intake = await startIntake(redis.server);
  for (const path of [`/v1/${type}`, `/v1/${letter}`, `/v1/${type}/`, `//v1/${type}`]) {
    expect(await intake.post(path, call)).toMatchObject({ status: 200, body: '{"success":true}' });
  }
  const entries = await intake.entries();
  expect(entries).toHaveLength(4);
  for (const entry of entries) {
    expect(entry).toEqual({
      message: { ...call, type, messageId: expect.any(String), receivedAt: expect.any(String) },
      from: intake.from,
    });
  }
});

test("a message keeps its messageId and time, and loses its write key", async () => {
  await using intake = await startIntake(redis.server);
  const call = {
    type: "track",
    userId: "u1",
    event: "E",
    messageId: "mine:1",
    timestamp: "2026-01-02T03:04:05Z",
  };
  await intake.post("/v1/track", { ...call, writeKey: intake.writeKey }, {});
  expect(await intake.entries()).toEqual([
    {
      message: { ...call, originalTimestamp: call.timestamp, receivedAt: expect.any(String) },
      from: intake.from,
    },
  ]);
});

test("a client's wrong clock is seen by sentAt, in the message or in RudderStack's header", async () => {
  await using intake = await startIntake(redis.server);
  const call = { userId: "u1", event: "E", timestamp: "2020-01-01T00:00:00.000Z" };
  const sentAt = "2020-01-01T00:00:10.000Z";
  await intake.post("/v1/track", { ...call, sentAt, writeKey: intake.writeKey }, {});
  await intake.post("/v1/track", { ...call, writeKey: intake.writeKey }, { sentat: sentAt });
  const entries = await intake.entries();
  expect(entries).toHaveLength(2);
  for (const { message } of entries) {
    const { timestamp, receivedAt } = message as { timestamp: string; receivedAt: string };
    expect(Date.parse(receivedAt) - Date.parse(timestamp)).toBe(10_000);
  }
});

test.each([
  [{ event: "E" }, { reason: "no-identity", field: "userId" }],
  [{ userId: "u1" }, { reason: "no-name", field: "event" }],
  [
    { type: "sing", userId: "u1" },
    { reason: "unknown-type", field: "type" },
  ],
  [[], { reason: "not-a-call" }],
  [null, { reason: "not-a-call" }],
  ["null", { reason: "not-a-call" }],
])("a single bad call is refused and says why: %j", async (call, error) => {
  await using intake = await startIntake(redis.server);
  const answer = await intake.post("/v1/track", call);
  expect(answer.status).toBe(400);
  expect(errorOf(answer)).toEqual({ ...error, index: 0, message: expect.any(String) });
  expect(intake.log()).toContain(`"reason":"${error.reason}"`);
  expect(await intake.entries()).toEqual([]);
});

test("F24 a call over 128 KB is refused with its limit", async () => {
  await using intake = await startIntake(redis.server);
  const answer = await intake.post("/v1/track", {
    userId: "u1",
    event: "E",
    properties: { text: "ü".repeat(70_000) },
  });
  expect(answer.status).toBe(400);
  expect(errorOf(answer)).toMatchObject({ reason: "message-too-large", index: 0, limit: 131_072 });
  expect(await intake.entries()).toEqual([]);
});

test("F28 ids of any characters and any length are kept as they came", async () => {
  await using intake = await startIntake(redis.server);
  const messageIds = ["a\r\nb: c", "\0", "😀", "ab\u202Ecd", "x".repeat(10_000)];
  // Half a character cannot tell two messages apart once it is UTF-8: it is no messageId.
  const ids = [...messageIds, "\ud800"];
  for (const userId of ids) {
    expect((await intake.post("/v1/track", { userId, event: "E", messageId: userId })).status).toBe(200);
  }
  const messages = (await intake.entries()).map(
    ({ message }) => message as { userId: string; messageId: string },
  );
  expect(messages.map(({ userId }) => userId)).toEqual(ids);
  expect(messages.map(({ messageId }) => messageId)).toEqual([
    ...messageIds,
    expect.stringMatching(/^[-0-9a-f]{36}$/),
  ]);
});

test("F29 ids that look like paths are ids, and what is no id names nobody", async () => {
  await using intake = await startIntake(redis.server);
  const ids = ["..", ".", "%2e%2e", "../x", "a/b", 0];
  for (const userId of ids) expect((await intake.post("/v1/page", { userId })).status).toBe(200);
  for (const userId of ["", null, [], {}, " ", true]) {
    expect(errorOf(await intake.post("/v1/page", { userId }))).toMatchObject({ reason: "no-identity" });
  }
  expect((await intake.entries()).map(({ message }) => (message as { userId: unknown }).userId)).toEqual(ids);
});
