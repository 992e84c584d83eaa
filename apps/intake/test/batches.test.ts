import { expect, test } from "vitest";
import { errorOf, redisForTests, startIntake } from "./intake-for-tests.ts";

const redis = redisForTests();

function track(event: unknown, more: object = {}) {
  return { type: "track", userId: "u1", event, messageId: `m-${event}`, ...more };
}

function events(entries: { message: unknown }[]) {
  return entries.map(({ message }) => (message as { event?: unknown }).event);
}

test.each(["/v1/batch", "/v1/b", "/beacon/v1/batch", "/v1/import"])(
  "a batch at %s is taken whole and in order",
  async (path) => {
    await using intake = await startIntake(redis.server);
    const batch = Array.from({ length: 250 }, (_, index) => track(`E${index}`));
    expect(await intake.post(path, { batch })).toMatchObject({
      status: 200,
      body: path === "/v1/import" ? '{"success":true,"known":0,"unchecked":0}' : '{"success":true}',
    });
    expect(events(await intake.entries())).toEqual(batch.map(({ event }) => event));
  },
);

test("a batch's own context, integrations and sentAt are those of its messages", async () => {
  await using intake = await startIntake(redis.server);
  const batch = [track("A", { timestamp: "2020-01-01T00:00:00Z", context: { ip: "1.1.1.1" } })];
  const integrations = { All: false };
  await intake.post("/v1/batch", {
    batch,
    context: { locale: "de" },
    integrations,
    sentAt: "2020-01-01T00:00:00Z",
  });
  const [entry] = await intake.entries();
  const message = entry?.message as { timestamp: string; receivedAt: string };
  expect(message).toMatchObject({ context: { locale: "de", ip: "1.1.1.1" }, integrations });
  expect(message.timestamp).toBe(message.receivedAt);
});

test("history keeps its times, though it was sent and received before", async () => {
  await using intake = await startIntake(redis.server);
  const timestamp = "2020-02-03T04:05:06.789Z";
  const exported = { sentAt: "2020-02-03T04:05:07.000Z", receivedAt: "2020-02-03T04:05:08.000Z" };
  const batch = [track("A", { timestamp, ...exported }), track("B", { originalTimestamp: timestamp })];
  await intake.post("/v1/import", { batch, sentAt: "2020-02-03T05:00:00.000Z" });
  const entries = await intake.entries();
  for (const { message } of entries) {
    expect(message).toMatchObject({ timestamp, originalTimestamp: timestamp });
    expect(message).not.toMatchObject({ receivedAt: exported.receivedAt });
  }
  expect(events(entries)).toEqual(["A", "B"]);
});

test("an import is told how many of its messages were known, not counting rejected ones", async () => {
  await using intake = await startIntake(redis.server);
  const [one, two, three] = ["one", "two", "three"].map((messageId) => track("E", { messageId }));
  const nameless = { type: "track", userId: "u1", messageId: "four" };
  const rejected = [{ index: 1, reason: "no-name", field: "event" }];
  const importing = async (batch: unknown[]) =>
    JSON.parse((await intake.post("/v1/import", { batch })).body) as unknown;
  const told = { success: true, unchecked: 0 };
  expect(await importing([one, nameless, two])).toEqual({ ...told, known: 0, rejected });
  expect(await importing([one, nameless, two])).toEqual({ ...told, known: 2, rejected });
  expect(await importing([three, two, three])).toEqual({ ...told, known: 2 });
  expect(JSON.parse((await intake.post("/v1/batch", { batch: [one] })).body)).toEqual({ success: true });
});

test("an empty batch is taken", async () => {
  await using intake = await startIntake(redis.server);
  expect((await intake.post("/v1/batch", { batch: [] })).status).toBe(200);
});

test("F24 a bad message sinks no batch and is kept with what is wrong with it, without its write key", async () => {
  await using intake = await startIntake(redis.server);
  const nameless = { type: "track", userId: "u1", writeKey: "secret-key" };
  const answer = await intake.post("/v1/batch", { batch: [track("A"), nameless, 42, track("B")] });
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toEqual({
    success: true,
    rejected: [
      { index: 1, reason: "no-name", field: "event" },
      { index: 2, reason: "not-a-call" },
    ],
  });
  const [first, second, third, fourth] = await intake.entries();
  expect(events([first, fourth] as { message: unknown }[])).toEqual(["A", "B"]);
  expect(second).toEqual({
    message: { type: "track", userId: "u1" },
    from: intake.from,
    rejected: { reason: "no-name", field: "event", message: expect.any(String) },
  });
  expect(third).toEqual({
    message: "42",
    from: intake.from,
    rejected: { reason: "not-a-call", message: expect.any(String) },
    cut: true,
  });
});

test("F24 a message over 128 KB is kept as the first 8 KB of it, the others whole", async () => {
  await using intake = await startIntake(redis.server);
  const large = track("Large", { properties: { text: "ü".repeat(100_000) }, writeKey: "secret-key" });
  expect((await intake.post("/v1/batch", { batch: [track("A"), large, track("B")] })).status).toBe(200);
  const entries = await intake.entries();
  expect(events(entries)).toEqual(["A", undefined, "B"]);
  const [, cut] = entries;
  expect(cut).toMatchObject({ rejected: { reason: "message-too-large" }, cut: true });
  const text = cut?.message as string;
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8 * 1024);
  expect(Buffer.byteLength(text)).toBeGreaterThan(8 * 1024 - 4);
  expect(text).toMatch(/^\{"type":"track","userId":"u1","event":"Large".*ü$/);
});

test("F24 more than 2,500 messages are refused, 2,500 are not", async () => {
  await using intake = await startIntake(redis.server);
  const batch = Array.from({ length: 2_501 }, (_, index) => track(`E${index}`));
  const answer = await intake.post("/v1/batch", { batch });
  expect(answer.status).toBe(400);
  expect(errorOf(answer)).toMatchObject({
    reason: "too-many-messages",
    index: 2_500,
    field: "batch",
    limit: 2_500,
  });
  expect(await intake.entries()).toEqual([]);
  expect((await intake.post("/v1/batch", { batch: batch.slice(1) })).status).toBe(200);
  expect(await intake.entries()).toHaveLength(2_500);
});

test.each([{}, [], { batch: {} }, { batch: null }, "text"])(
  "what is no batch is refused: %j",
  async (body) => {
    await using intake = await startIntake(redis.server);
    const headers = { authorization: `Basic ${Buffer.from(intake.writeKey).toString("base64")}` };
    const answer = await intake.post("/v1/batch", JSON.stringify(body), headers);
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({ reason: "not-a-batch", field: "batch" });
  },
);

test("a batch's context is not multiplied beyond measure", async () => {
  await using intake = await startIntake(redis.server);
  const batch = Array.from({ length: 2_500 }, (_, index) => track(`E${index}`));
  const answer = await intake.post("/v1/batch", { batch, context: { text: "x".repeat(100_000) } });
  expect(errorOf(answer)).toMatchObject({ reason: "too-much-shared", field: "context" });
  const deep = `{"batch":[{}],"context":{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`;
  expect(errorOf(await intake.post("/v1/batch", deep))).toMatchObject({ reason: "too-much-shared" });
});

test("F25 a message nested too deeply is kept as text, the others whole", async () => {
  await using intake = await startIntake(redis.server);
  const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
  const message = (levels: number) =>
    `{"type":"track","userId":"u1","event":"E","properties":{"a":${nested(levels)}}}`;
  const items = [message(50), message(500), message(100_000), nested(100_000), message(1)];
  expect((await intake.post("/v1/batch", `{"batch":[${items}]}`)).status).toBe(200);
  const entries = await intake.entries();
  expect(entries.map(({ rejected }) => rejected?.reason)).toEqual([
    undefined,
    "too-deep",
    "too-deep",
    "not-a-call",
    undefined,
  ]);
  expect(entries.map(({ message }) => typeof message)).toEqual([
    "object",
    "string",
    "string",
    "string",
    "object",
  ]);
});

test("F27 keys that name an object's prototype are data like any other", async () => {
  await using intake = await startIntake(redis.server);
  const hostile =
    '{"type":"track","userId":"u1","event":"E","messageId":"m","__proto__":{"polluted":1},' +
    '"properties":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"prototype":2}}';
  const body = `{"batch":[${JSON.stringify(track("A"))},${hostile}],"__proto__":{"polluted":1}}`;
  expect((await intake.post("/v1/batch", body)).status).toBe(200);
  const [, entry] = await intake.entries();
  expect(JSON.stringify(entry?.message)).toContain(
    '"properties":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"prototype":2}',
  );
  expect("polluted" in {}).toBe(false);
});
