import { Agent, get, type IncomingHttpHeaders } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { waitFor } from "@customerio-router/fixtures";
import { expect, onTestFinished, test } from "vitest";
import { createBodyMemory } from "../../src/limits/body-memory.ts";
import { createMinimumRate } from "../../src/limits/minimum-rate.ts";
import { basic, errorOf, redisForTests, send, startIntake } from "../intake-for-tests.ts";

const redis = redisForTests();
const call = { type: "track", userId: "u1", event: "E" };
/** The first one passes; the next one would after a hundred seconds. */
const one = 0.01;

const later = { status: 429, headers: { "retry-after": "30", "access-control-allow-origin": "*" } };

test("an address that sends too many requests is told to come back later, before its body is looked at", async () => {
  await using intake = await startIntake(redis.server, { limits: { perAddress: one, perKey: 0 } });
  expect((await intake.post("/v1/track", call)).status).toBe(200);
  const refused = await intake.post("/v1/track", "not even JSON");
  expect(refused).toMatchObject(later);
  expect(errorOf(refused)).toMatchObject({ reason: "too-many-requests" });
  expect((await send(`${intake.url}/livez`, { method: "GET" })).status).toBe(200);
  const { body } = await send(`${intake.url}/metrics`, { method: "GET" });
  expect(body).toContain('requests_refused_total{status="429",reason="too-many-requests"} 1');
});

test("a write key that brings too many messages is told to come back later, its batches counted in full", async () => {
  await using intake = await startIntake(redis.server, { limits: { perAddress: 0, perKey: one } });
  const batch = Array.from({ length: 10 }, () => call);
  expect((await intake.post("/v1/batch", { batch })).status).toBe(200);
  const refused = await intake.post("/v1/track", call);
  expect(refused).toMatchObject(later);
  expect(errorOf(refused)).toMatchObject({ reason: "too-many-messages-a-second" });
  expect(await intake.entries()).toHaveLength(10);
});

test("callers behind a proxy are told apart where the proxy is trusted, and cannot be where it is not", async () => {
  const limits = { perAddress: one, perKey: 0 };
  await using behind = await startIntake(redis.server, { limits, trustProxy: ["loopback"] });
  await using open = await startIntake(redis.server, { limits });
  for (const [intake, statuses] of [
    [behind, [429, 200]],
    [open, [429, 429]],
  ] as const) {
    const post = (address: string) =>
      intake.post("/v1/track", call, {
        authorization: basic(intake.writeKey),
        "x-forwarded-for": `10.9.9.9, ${address}`,
      });
    expect((await post("192.0.2.1")).status).toBe(200);
    expect([(await post("192.0.2.1")).status, (await post("192.0.2.2")).status]).toEqual(statuses);
  }
});

test("F32 who guesses write keys is told to wait, is counted, and stops nobody of the same address", async () => {
  await using intake = await startIntake(redis.server);
  const guess = (index: number) => intake.post("/v1/track", call, { authorization: basic(`guess-${index}`) });
  const answers = await Promise.all(Array.from({ length: 300 }, (_, index) => guess(index)));
  const counts = [401, 429].map((expected) => answers.filter(({ status }) => status === expected).length);
  expect(counts[0]).toBeGreaterThanOrEqual(50);
  expect(counts[1]).toBeGreaterThan(0);
  expect(counts).toEqual([300 - (counts[1] ?? 0), 300 - (counts[0] ?? 0)]);
  expect((await intake.post("/v1/track", call)).status).toBe(200);
  const { body } = await send(`${intake.url}/metrics`, { method: "GET" });
  expect(body).toMatch(/requests_refused_total\{status="401",reason="unknown-write-key"\} \d+/);
  expect(body).toMatch(/requests_refused_total\{status="429",reason="too-many-unknown-keys"\} \d+/);
});

test("F25 bodies that are never finished take a bounded share of memory, and others are served when they are gone", async () => {
  await using intake = await startIntake(redis.server, { bodyMemory: createBodyMemory(1_000_000, 0) });
  const halves = Array.from({ length: 20 }, () => sendHalf(intake.port, 100_000));
  const keyInBody = () =>
    intake.post("/v1/track", { ...call, writeKey: intake.writeKey, text: "x".repeat(100_000) }, {});
  const refused = await waitFor(
    async () => {
      const answer = await keyInBody();
      return answer.status === 200 ? undefined : answer;
    },
    { what: "memory to be short" },
  );
  expect(refused).toMatchObject(later);
  expect(errorOf(refused)).toMatchObject({ reason: "too-busy" });
  for (const half of halves) half.resetAndDestroy();
  await waitFor(async () => (await keyInBody()).status === 200, { what: "room" });
});

test("F147 a flood of unfinished bodies without a key turns away nobody who shows one, and the warning says so", async () => {
  const bodyMemory = createBodyMemory(40_000_000);
  await using intake = await startIntake(redis.server, { bodyMemory });
  const halves = Array.from({ length: 405 }, () => sendHalf(intake.port, 360_000));
  await waitFor(() => bodyMemory.warnings().length > 0, { what: "the flood to fill its share" });
  const batch = { batch: [{ ...call, properties: { text: "x".repeat(100_000) } }] };
  for (let tries = 0; tries < 20; tries++) expect((await intake.post("/v1/batch", batch)).status).toBe(200);
  const beacon = await send(`${intake.url}/v1/batch?writeKey=${intake.writeKey}`, {
    method: "POST",
    body: batch,
  });
  expect(beacon.status).toBe(200);
  expect(bodyMemory.warnings()[0]).toContain("share of one address");
  // Stopping, the intake would wait for them.
  for (const half of halves) half.destroy();
});

test("F148 a wrong key in header or query is refused before its body has come, and takes no memory", async () => {
  const bodyMemory = createBodyMemory(1_000_000, 0);
  await using intake = await startIntake(redis.server, { bodyMemory });
  for (const [path, header] of [
    ["/v1/batch", `Authorization: ${basic("wrong")}\r\n`],
    ["/v1/batch?writeKey=wrong", ""],
  ] as const) {
    const halves = Array.from({ length: 20 }, () => sendHalf(intake.port, 100_000, { path, header }));
    const answers = halves.map(answerTo);
    const statuses = (await Promise.all(answers)).map((answer) => answer.slice(0, 12));
    expect(new Set(statuses)).toEqual(new Set(["HTTP/1.1 401"]));
    for (const half of halves) half.destroy();
  }
  expect(bodyMemory.warnings()).toEqual([]);
});

test("F149 a body that stalls is cut off; one of 1 KB a second lives", async () => {
  const secondMs = 20;
  await using intake = await startIntake(redis.server, { minimumRate: createMinimumRate({ secondMs }) });
  const stalled = sendHalf(intake.port, 300_000);
  const body = Buffer.from(JSON.stringify({ ...call, writeKey: intake.writeKey, text: "x".repeat(30_000) }));
  const slow = connect(intake.port, "127.0.0.1");
  onTestFinished(() => void slow.destroy());
  slow.write(`POST /v1/track HTTP/1.1\r\nHost: h\r\nContent-Length: ${body.length}\r\n\r\n`);
  const answer = answerTo(slow);
  for (let at = 0; at < body.length; at += 4_096) {
    slow.write(body.subarray(at, at + 4_096));
    await sleep(3 * secondMs);
  }
  expect(await answer).toMatch(/^HTTP\/1.1 200 /);
  await waitFor(() => stalled.destroyed, { what: "the one that stalls to be cut off" });
  const { body: metrics } = await send(`${intake.url}/metrics`, { method: "GET" });
  expect(metrics).toContain('requests_refused_total{status="429",reason="too-slow"} 1');
});

test("F151 a connection is kept open for as long as it is set, by default for more than 60 s", async () => {
  await using standard = await startIntake(redis.server);
  await using brief = await startIntake(redis.server, { keepAliveTimeoutMs: 2_000 });
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  for (const [intake, seconds] of [
    [standard, 75],
    [brief, 2],
  ] as const) {
    const headers = await new Promise<IncomingHttpHeaders>((resolve, reject) => {
      get(`${intake.url}/livez`, { agent }, (reply) => resolve(reply.resume().headers)).on("error", reject);
    });
    expect(headers["keep-alive"]).toBe(`timeout=${seconds}`);
  }
});

test("F26 sixty small bodies that unpack to 4 MB each, at once, leave memory as it was", async () => {
  await using intake = await startIntake(redis.server);
  const bomb = gzipSync(Buffer.alloc(4_000_000, " "));
  const headers = { authorization: basic(intake.writeKey), "content-encoding": "gzip" };
  const answers = await Promise.all(
    Array.from({ length: 60 }, () => intake.post("/v1/batch", bomb, headers)),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]));
  expect(process.memoryUsage().arrayBuffers).toBeLessThan(150_000_000);
});

test("F28 nothing that is sent can forge a line of the log", async () => {
  await using intake = await startIntake(redis.server);
  const forged = '\n{"level":"fatal","msg":"forged"}\r\n';
  await intake.post("/v1/track", forged);
  await intake.post("/v1/track", { userId: forged, event: "" });
  await intake.post("/v1/batch", { batch: forged });
  await intake.post("/v1/track", call, { authorization: basic(forged) });
  await intake.post(`/v1/${encodeURIComponent(forged)}`, call);
  const lines = intake.log().trim().split("\n");
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ name: "intake", level: "warn" });
  expect(intake.log()).not.toContain("forged");
});

/** Begins a request and never ends it. */
function sendHalf(port: number, bytes: number, { path = "/v1/batch", header = "" } = {}): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(`POST ${path} HTTP/1.1\r\nHost: h\r\n${header}Content-Length: ${2 * bytes}\r\n\r\n`);
  socket.write(Buffer.alloc(bytes, " "));
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** The beginning of what comes back. */
function answerTo(socket: Socket): Promise<string> {
  return new Promise((resolve) => socket.once("data", (bytes) => resolve(bytes.toString())));
}
