import { connect } from "node:net";
import { expect, test } from "vitest";
import { basic, errorOf, redisForTests, send, startIntake } from "./intake-for-tests.ts";

const redis = redisForTests();
const call = { type: "track", userId: "u1", event: "E" };
const forEveryPage = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "retry-after",
  "x-content-type-options": "nosniff",
};

/** Sends bytes that no HTTP client would, and gives all that comes back. */
function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.setEncoding("utf8").on("data", (text) => {
      answer += text;
    });
    socket.on("error", reject).on("close", () => resolve(answer));
  });
}

test("every answer may be read by any page, refusals too", async () => {
  await using intake = await startIntake(redis.server);
  const { url } = intake;
  const answers = [
    await intake.post("/v1/track", call),
    await intake.post("/v1/track", {}),
    await intake.post("/v1/track", "{"),
    await intake.post("/v1/track", call, {}),
    await intake.post("/v1/nothing", call),
    await intake.post("/v1/track%zz", call),
    await send(`${url}/livez`, { method: "GET" }),
    await send(`${url}/v1/track`, { method: "PUT", body: call }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 400, 400, 401, 404, 400, 200, 404]);
  for (const { headers } of answers) expect(headers).toMatchObject(forEveryPage);
  for (const { headers } of answers) expect(headers["content-type"]).toBe("application/json; charset=utf-8");
});

test("what is not even HTTP is answered 400, with the same headers", async () => {
  await using intake = await startIntake(redis.server);
  const garbage = await sendRaw(intake.port, "these are not the bytes\r\n\r\n");
  const longHeader = await sendRaw(intake.port, `POST / HTTP/1.1\r\nX: ${"x".repeat(100_000)}\r\n\r\n`);
  for (const answer of [garbage, longHeader]) {
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain("\r\naccess-control-allow-origin: *\r\n");
    expect(answer).toContain("\r\nx-content-type-options: nosniff\r\n");
    expect(answer).toContain('"reason":"bad-request"');
  }
});

test("a preflight allows whatever headers an SDK asks for, on any path, and is remembered", async () => {
  await using intake = await startIntake(redis.server);
  for (const path of ["/v1/track", "/v1/batch", "/v1/projects/key/settings"]) {
    const asked = "authorization,x-retry-count,rsa-retry-attempt";
    const answer = await send(`${intake.url}${path}`, {
      method: "OPTIONS",
      headers: { origin: "https://shop.example", "access-control-request-headers": asked },
    });
    expect(answer).toMatchObject({ status: 204, body: "" });
    expect(answer.headers).toMatchObject({
      ...forEveryPage,
      "access-control-allow-headers": asked,
      "access-control-allow-methods": "GET, POST, OPTIONS",
      "access-control-max-age": "7200",
    });
  }
});

test("refused requests and kept messages are counted by reason", async () => {
  await using intake = await startIntake(redis.server);
  await intake.post("/v1/track", "{");
  await intake.post("/v1/batch", { batch: [call, call, {}] });
  await intake.post("/v1/track", call, { authorization: basic("nobody's") });
  const { body } = await send(`${intake.url}/metrics`, { method: "GET" });
  expect(body).toContain('requests_refused_total{status="400",reason="malformed-json"} 1');
  expect(body).toContain('requests_refused_total{status="401",reason="unknown-write-key"} 1');
  expect(body).toMatch(/messages_received_total\{connection="\w+"\} 3/);
  expect(body).toMatch(/messages_enqueued_total\{connection="\w+"\} 3/);
  expect(body).toMatch(/messages_invalid_total\{connection="\w+",reason="unknown-type"\} 1/);
});

test("a refusal repeated a thousand times fills no log", async () => {
  await using intake = await startIntake(redis.server);
  for (let sent = 0; sent < 1_000; sent += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => intake.post("/v1/track", "{")));
    expect(errorOf(answers[0] as (typeof answers)[0])).toMatchObject({ reason: "malformed-json" });
  }
  expect(intake.log().split("\n").length).toBeLessThan(100);
});
