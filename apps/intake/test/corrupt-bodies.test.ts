import { expect, test } from "vitest";
import { basic, errorOf, redisForTests, send, startIntake } from "./intake-for-tests.ts";

const redis = redisForTests();

function track(event: string, more: object = {}) {
  return { type: "track", userId: "u1", event, messageId: `m-${event}`, ...more };
}
const text = (event: string, more: object = {}) => JSON.stringify(track(event, more));
const corrupt = { reason: "corrupt", message: expect.any(String) };

type Kept = { message: { event?: unknown }; salvaged?: boolean };
const salvaged = (entries: unknown[]) =>
  (entries as Kept[]).flatMap(({ message, salvaged }) => (salvaged ? [message.event] : []));

test("F141 of a batch that was cut off the closed messages are kept, and the cut one only as rejected text", async () => {
  await using intake = await startIntake(redis.server);
  const cut = '{"type":"identify","writeKey":"a-secret","userId":"12';
  const answer = await intake.post("/v1/batch", `{"batch":[${text("A")},${text("B")},${cut}`);
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toEqual({ success: true, rejected: [{ index: 2, reason: "corrupt" }] });
  const entries = await intake.entries();
  expect(salvaged(entries)).toEqual(["A", "B"]);
  expect(entries[2]).toEqual({
    message: '{"type":"identify","writeKey":"(hidden)","userId":"12',
    from: intake.from,
    rejected: corrupt,
    cut: true,
  });
});

test("F141 wherever a batch is cut off, what is kept is what had been closed, and nothing else", async () => {
  await using intake = await startIntake(redis.server);
  const messageId = undefined;
  const properties = { a: ["]}", '"'] };
  const texts = [text("A", { messageId, properties }), text("B", { messageId }), text("C", { messageId })];
  const body = `{"batch":[${texts}],"sentAt":"2024-01-01T00:00:00Z"}`;
  const ends = texts.map((_, index) => `{"batch":[${texts.slice(0, index + 1)}`.length);
  let expected: string[] = [];
  for (let length = '{"batch":[{'.length; length < body.length; length += 3) {
    const answer = await intake.post("/v1/batch", body.slice(0, length));
    expect(answer.status).toBe(200);
    const closed = ends.filter((end) => end <= length).length;
    expected = expected.concat(["A", "B", "C"].slice(0, closed));
  }
  const entries = await intake.entries();
  expect(salvaged(entries)).toEqual(expected);
  expect(entries.filter(({ salvaged }) => !salvaged).every(({ cut }) => cut)).toBe(true);
});

test.each([
  ["cut off within it", '"writeKey":"a-sec'],
  ["with NUL bytes around it", '"writeKey"\0:\0"a-secret-key","x":1'],
  ["without its colon", '"writeKey" "a-secret-key","x":1'],
  ["in text within text", '"x":"{\\"writeKey\\":\\"a-secret-key\\"}",,x'],
])("F170 a write key %s is hidden in what is kept of a corrupt body", async (_case, rest) => {
  await using intake = await startIntake(redis.server);
  await intake.post("/v1/batch", `{"batch":[${text("A")},{"type":"track",${rest}`);
  const [, kept] = await intake.entries();
  expect(kept).toMatchObject({ cut: true, message: expect.stringContaining("(hidden)") });
  expect(kept?.message).not.toContain("a-sec");
});

test("F141 of what is not saved the first 8 KB are kept", async () => {
  await using intake = await startIntake(redis.server);
  await intake.post("/v1/batch", `{"batch":[${text("A")},{"type":"track","event":"${"ü".repeat(100_000)}`);
  const [, rest] = await intake.entries();
  const kept = Buffer.byteLength(rest?.message as string);
  expect(kept).toBeLessThanOrEqual(8 * 1024);
  expect(kept).toBeGreaterThan(8 * 1024 - 4);
});

test("F141 a salvaged batch keeps to its limits: 2,500 messages, and a context that is not multiplied beyond measure", async () => {
  await using intake = await startIntake(redis.server);
  const items = Array.from({ length: 2_501 }, (_, index) => text(`E${index}`));
  expect(errorOf(await intake.post("/v1/batch", `{"batch":[${items}`))).toMatchObject({
    reason: "too-many-messages",
  });
  const small = new Array(2_000_000).fill("0").join();
  expect(errorOf(await intake.post("/v1/batch", `{"batch":[${small}`))).toMatchObject({
    reason: "too-many-messages",
  });
  const envelope = `{"context":{"text":"${"x".repeat(100_000)}"},"batch":[${items.slice(0, 120)}]}`;
  const answer = await intake.post("/v1/batch", envelope.repeat(10));
  expect(errorOf(answer)).toMatchObject({ reason: "too-much-shared" });
  expect(await intake.entries()).toEqual([]);
});

test.each([
  ["one behind the other", "", ""],
  ["with NUL bytes and lines between", "", "\0\0\n"],
  ["the first one cut off behind a message", "", undefined],
  ["the first one cut off within a string", ',{"type":"identify","userId":"12', undefined],
  ["the first one cut off within a number", ',{"type":"identify","userId":12', undefined],
])("F142 joined envelopes, %s, are read each with what it says itself", async (_case, tail, between) => {
  await using intake = await startIntake(redis.server);
  const envelope = (event: string, locale: string, end: string) =>
    `{"batch":[${text(event)}${end},"context":{"locale":"${locale}"},"sentAt":"2020-01-01T00:00:00Z"}`;
  const first =
    between === undefined ? `{ "batch": [${text("A")}${tail}` : envelope("A", "de", "]") + between;
  const answer = await intake.post("/v1/batch", first + envelope("B", "fr", "]"));
  expect(answer.status).toBe(200);
  const entries = await intake.entries();
  expect(salvaged(entries)).toEqual(["A", "B"]);
  const kept = entries.filter(({ salvaged }) => salvaged);
  expect(kept[1]?.message).toMatchObject({ context: { locale: "fr" } });
  if (between !== undefined) expect(kept[0]?.message).toMatchObject({ context: { locale: "de" } });
  else expect(kept[0]?.message).not.toHaveProperty("context");
  expect(entries.filter(({ cut }) => cut)).toHaveLength(tail === "" ? 0 : 1);
});

test("F142 what only looks like an envelope, within a message, is never read as one", async () => {
  await using intake = await startIntake(redis.server);
  const inner = `{"batch":[${text("Inner")}]}`;
  const nested = text("A", { properties: { note: inner, brew: JSON.parse(inner) } });
  expect((await intake.post("/v1/batch", `{"batch":[${nested},{"a":[${inner},x]}`)).status).toBe(200);
  const entries = await intake.entries();
  expect(salvaged(entries)).toEqual(["A"]);
  expect(entries).toHaveLength(2);
});

test("F143 bare NaN and Infinity are absent, in a batch and in a call", async () => {
  await using intake = await startIntake(redis.server);
  const odd =
    '{"type":"track","userId":"u1","event":"A","properties":' +
    '{"a":NaN,"b":[1,-Infinity,2],"c":Infinity,"text":"NaN, Infinity","deep":{"x":-Infinity,"y":1}}}';
  for (const [path, body] of [
    ["/v1/batch", `{"batch":[${odd},${text("B")},{"type":"track","userId":"u1","event":"C",NaN:1}]}`],
    ["/v1/track", odd],
  ] as const) {
    expect((await intake.post(path, body)).status).toBe(200);
  }
  const entries = await intake.entries();
  expect(salvaged(entries)).toEqual(["A", "B", "A"]);
  const properties = { b: [1, null, 2], text: "NaN, Infinity", deep: { y: 1 } };
  for (const entry of [entries[0], entries[3]]) {
    expect(JSON.parse(JSON.stringify(entry)).message.properties).toEqual(properties);
  }
});

test("F143 a member that is NaN goes under whatever name; what is no JSON besides is kept as rejected", async () => {
  await using intake = await startIntake(redis.server);
  const properties = [
    '{"a":NaN}',
    '{"a\\"b" : NaN ,"\u00e9":-Infinity, "c":[{"x":NaN,"y":NaN,"z":1},{"__proto__":Infinity}],"d":"a:NaN","e":NaN}',
    ...[
      '{"a":NaN,}',
      '{"a":NaN:1}',
      '{"a":\0NaN}',
      '{"a":-NaN}',
      '{"a":NaN "b":1}',
      "{1:NaN}",
      "[NaN",
      '["a":NaN]',
    ],
  ];
  const items = properties.map(
    (each, index) => `{"type":"track","userId":"u1","event":"E${index}","properties":${each}}`,
  );
  expect((await intake.post("/v1/batch", `{"batch":[${items}]}`)).status).toBe(200);
  const entries = await intake.entries();
  expect(salvaged(entries)).toEqual(["E0", "E1"]);
  const [first, second] = entries.map(({ message }) => (message as { properties?: unknown }).properties);
  expect(first).toEqual({});
  expect(second).toEqual({ c: [{ z: 1 }, {}], d: "a:NaN" });
  expect(entries.slice(2).every(({ cut }) => cut)).toBe(true);
});

test.each([
  ["NUL bytes between messages", `{"batch":[\0${text("A")}\0\0,\0${text("B")}\0]}`],
  ["NUL bytes behind it", `{"batch":[${text("A")},${text("B")}]}${"\0".repeat(4_096)}`],
  ["a comma too many in front", `{"batch":[,${text("A")},${text("B")}]}`],
  ["commas too many between and behind", `{"batch":[${text("A")},,${text("B")},]}`],
  ["a comma too few", `{"batch":[${text("A")}${text("B")}]}`],
  ["its end missing", `{"batch":[${text("A")},${text("B")}`],
])("F144 a batch with %s loses nothing", async (_case, body) => {
  await using intake = await startIntake(redis.server);
  const answer = await intake.post("/v1/batch", body);
  expect(answer).toMatchObject({ status: 200, body: '{"success":true}' });
  const entries = await intake.entries();
  expect(salvaged(entries)).toEqual(["A", "B"]);
  expect(entries).toHaveLength(2);
});

test("F144 a call padded with NUL bytes is taken; one that was cut off, or two in one, are refused", async () => {
  await using intake = await startIntake(redis.server);
  expect((await intake.post("/v1/track", `${text("A")}\0\0`)).status).toBe(200);
  for (const body of [text("A").slice(0, -1), text("A") + text("B"), `${text("A")}x`]) {
    expect(errorOf(await intake.post("/v1/track", body))).toMatchObject({ reason: "malformed-json" });
  }
  expect(salvaged(await intake.entries())).toEqual(["A"]);
});

test("F141 the write key of a corrupt body is found where it was closed, and two that differ count for none", async () => {
  await using intake = await startIntake(redis.server);
  const post = (body: string) => send(`${intake.url}/v1/batch`, { method: "POST", body });
  const key = intake.writeKey;
  expect((await post(`{"writeKey":"${key}","batch":[${text("A")},{"x`)).status).toBe(200);
  expect((await post(`{"batch":[${text("B", { writeKey: key })},{"x`)).status).toBe(200);
  expect((await post(`{"batch":[,${text("C")}],"writeKey":"${key}"}`)).status).toBe(200);
  expect((await post(`{"batch":[,${text("D")}],"writeKey":"${key}`)).status).toBe(401);
  const joined = ["other", key].map((writeKey) => `{"batch":[${text("E")}],"writeKey":"${writeKey}"}`);
  expect((await post(joined.join(""))).status).toBe(401);
  const entries = await intake.entries();
  expect(salvaged(entries)).toEqual(["A", "B", "C"]);
  expect(JSON.stringify(entries)).not.toContain(key);
});

test("F141 a corrupt message that is sent again whole is kept once", async () => {
  await using intake = await startIntake(redis.server);
  await intake.post("/v1/batch", `{"batch":[${text("A")},{"x`);
  await intake.post(
    "/v1/batch",
    { batch: [track("A"), track("B")] },
    { authorization: basic(intake.writeKey) },
  );
  const events = (await intake.entries()).map(({ message }) => (message as { event?: string }).event);
  expect(events).toEqual(["A", undefined, "B"]);
});
