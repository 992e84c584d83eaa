import { connect } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { basic, errorOf, redisForTests, startIntake } from "./intake-for-tests.ts";

const redis = redisForTests();
const call = { type: "track", userId: "u1", event: "Größe", messageId: "m1" };

test.each([
  undefined,
  "application/json",
  "application/json;charset=UTF-8",
  "text/plain",
  "text/plain;charset=UTF-8",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "nonsense",
  "",
])("JSON is read whatever the content type says: %s", async (contentType) => {
  await using intake = await startIntake(redis.server);
  const headers = {
    authorization: basic(intake.writeKey),
    ...(contentType !== undefined && { "content-type": contentType }),
  };
  expect((await intake.post("/v1/track", call, headers)).status).toBe(200);
  expect(await intake.entries()).toMatchObject([{ message: call }]);
});

test.each([
  ["gzip", gzipSync],
  ["x-gzip", gzipSync],
  ["GZIP", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
  ["identity", Buffer.from],
])("a body in %s is unpacked", async (encoding, pack) => {
  await using intake = await startIntake(redis.server);
  const headers = { authorization: basic(intake.writeKey), "content-encoding": encoding };
  expect((await intake.post("/v1/track", pack(JSON.stringify(call)), headers)).status).toBe(200);
  expect(await intake.entries()).toMatchObject([{ message: call }]);
});

test.each([
  ["iso-8859-1", (text: string) => Buffer.from(text, "latin1")],
  ['"ISO-8859-1"; version=1', (text: string) => Buffer.from(text, "latin1")],
  ["utf-16le", (text: string) => Buffer.from(text, "utf16le")],
  ["UTF-8", (text: string) => Buffer.from(text)],
  ["utf-7-or-so", (text: string) => Buffer.from(text)],
])("F145 a body is read in the charset its Content-Type names: %s", async (charset, encode) => {
  await using intake = await startIntake(redis.server);
  const headers = {
    authorization: basic(intake.writeKey),
    "content-type": `application/json; charset=${charset}`,
  };
  const bytes = encode(JSON.stringify(call));
  for (const [encoding, body] of [
    ["identity", bytes],
    ["gzip", gzipSync(bytes)],
  ] as const) {
    const more = { ...headers, "content-encoding": encoding };
    expect((await intake.post("/v1/track", body, more)).status).toBe(200);
  }
  expect(await intake.entries()).toMatchObject([{ message: call }]);
});

test("F145 a body in Shift_JIS is read, the bytes of quotes and backslashes within its characters too", async () => {
  await using intake = await startIntake(redis.server);
  const [before, after] = JSON.stringify({ ...call, event: "X" }).split("X");
  // 表 ends with the byte of a backslash.
  const body = Buffer.concat([
    Buffer.from(before ?? ""),
    Buffer.from([0x95, 0x5c]),
    Buffer.from(after ?? ""),
  ]);
  const headers = { authorization: basic(intake.writeKey), "content-type": "text/plain;charset=shift_jis" };
  expect((await intake.post("/v1/track", body, headers)).status).toBe(200);
  expect(await intake.entries()).toMatchObject([{ message: { ...call, event: "表" } }]);
});

test("F146 bytes that are no UTF-8 spoil their own message alone", async () => {
  await using intake = await startIntake(redis.server);
  const [before, after] = JSON.stringify({ batch: [call, { ...call, messageId: "X", event: "B" }] }).split(
    "X",
  );
  const body = Buffer.concat([
    Buffer.from(before ?? ""),
    Buffer.from([0xff, 0xc3]),
    Buffer.from(after ?? ""),
  ]);
  expect((await intake.post("/v1/batch", body)).status).toBe(200);
  expect(await intake.entries()).toMatchObject([
    { message: call },
    { message: { event: "B", messageId: expect.stringMatching(/^[-0-9a-f]{36}$/) } },
  ]);
});

test("a body with a byte order mark is read", async () => {
  await using intake = await startIntake(redis.server);
  expect((await intake.post("/v1/track", `\ufeff${JSON.stringify(call)}`)).status).toBe(200);
});

test.each([
  ["an empty body", "", "empty-body"],
  ["half of an object", '{"userId":"u1"', "malformed-json"],
  ["a form", "userId=u1", "malformed-json"],
  ["100,000 nested arrays", "[".repeat(100_000) + "]".repeat(100_000), "not-a-call"],
  ["2,000,000 nested arrays", "[".repeat(2_000_000) + "]".repeat(2_000_000), "not-a-call"],
  ["100,000 open arrays", "[".repeat(100_000), "malformed-json"],
  ["100,000 nested objects", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`, "too-deep"],
])("F25 %s is refused, and the next call is taken", async (_case, body, reason) => {
  await using intake = await startIntake(redis.server);
  const answer = await intake.post("/v1/track", body);
  expect(answer.status).toBe(400);
  expect(errorOf(answer)).toMatchObject({ reason });
  expect((await intake.post("/v1/track", call)).status).toBe(200);
});

test.each([
  ["as it is", (body: string) => Buffer.from(body), {}],
  ["out of gzip", (body: string) => gzipSync(body), { "content-encoding": "gzip" }],
])("F24 a body over 4 MB %s is refused with its limit, never 413", async (_case, pack, headers) => {
  await using intake = await startIntake(redis.server);
  const body = pack(
    JSON.stringify({ batch: [call, { ...call, properties: { text: "x".repeat(5_000_000) } }] }),
  );
  const answer = await intake.post("/v1/batch", body, { authorization: basic(intake.writeKey), ...headers });
  expect(answer.status).toBe(400);
  expect(errorOf(answer)).toMatchObject({ reason: "body-too-large", limit: 4_194_304 });
  expect(await intake.entries()).toEqual([]);
});

test("F24 a client that sends all of 60 MB before it looks for an answer gets one", async () => {
  await using intake = await startIntake(redis.server);
  const body = Buffer.alloc(60_000_000, " ");
  expect(errorOf(await intake.post("/v1/batch", body))).toMatchObject({ reason: "body-too-large" });
});

test("F26 a gzip bomb is refused at the cap", async () => {
  await using intake = await startIntake(redis.server);
  const bomb = gzipSync(Buffer.alloc(400_000_000, " "));
  const before = process.memoryUsage().arrayBuffers;
  const headers = { authorization: basic(intake.writeKey), "content-encoding": "gzip" };
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => intake.post("/v1/batch", bomb, headers)),
  );
  for (const answer of answers) expect(errorOf(answer)).toMatchObject({ reason: "body-too-large" });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200_000_000);
});

test.each([
  ["zstd", Buffer.from("{}"), "unknown-encoding"],
  ["gzip, gzip", gzipSync("{}"), "unknown-encoding"],
  ["gzip", Buffer.from("{}"), "broken-encoding"],
  ["gzip", gzipSync(JSON.stringify(call)).subarray(0, 20), "broken-encoding"],
])(
  "F26 a body that is not in %s as it says, or in nothing known, is refused",
  async (encoding, body, reason) => {
    await using intake = await startIntake(redis.server);
    const headers = { authorization: basic(intake.writeKey), "content-encoding": encoding };
    const answer = await intake.post("/v1/track", body, headers);
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({ reason });
  },
);

test("a client that breaks off leaves no trace and no harm", async () => {
  await using intake = await startIntake(redis.server);
  const socket = connect(intake.port, "127.0.0.1");
  socket.write("POST /v1/track HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n{");
  await new Promise((resolve) => socket.once("connect", resolve));
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.resetAndDestroy();
  expect((await intake.post("/v1/track", call)).status).toBe(200);
  expect(intake.log()).not.toContain('"level":"error"');
});

test("room for a body is asked for in bytes, unpacked", async () => {
  const asked: number[] = [];
  const hasRoom = (_connectionId: string, bytes: number) => asked.push(bytes) > 0;
  await using intake = await startIntake(redis.server, { hasRoom });
  const body = JSON.stringify({ userId: "u1", event: "€".repeat(30) });
  const headers = { authorization: basic(intake.writeKey) };
  expect((await intake.post("/v1/track", body)).status).toBe(200);
  const packed = gzipSync(body);
  expect((await intake.post("/v1/track", packed, { ...headers, "content-encoding": "gzip" })).status).toBe(
    200,
  );
  expect(asked).toEqual([Buffer.byteLength(body), Buffer.byteLength(body)]);
});
