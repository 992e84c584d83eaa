import { describe, expect, test } from "vitest";
import { apiKey, reply, siteId, startTrackServer } from "./track-server.ts";

const operations = ["1", "2", "3"].map((id) =>
  JSON.stringify({ type: "person", action: "identify", identifiers: { id }, attributes: { plan: "größer" } }),
);

async function answerTo(...answer: Parameters<typeof reply>) {
  await using server = await startTrackServer(reply(...answer));
  const { durationMs, bytes, ...verdict } = await server.client.sendBatch(operations);
  return verdict;
}

describe("a batch on the wire", () => {
  test("is one POST of JSON with the keys as Basic auth", async () => {
    await using server = await startTrackServer(reply(200, {}));
    const answer = await server.client.sendBatch(operations);
    const [request] = server.received;
    expect(request).toMatchObject({ method: "POST", path: "/api/v2/batch" });
    expect(request?.body).toBe(`{"batch":[${operations.join(",")}]}`);
    expect(request?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from(`${siteId}:${apiKey}`).toString("base64")}`,
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(request?.body ?? "")),
    });
    expect(answer).toMatchObject({
      kind: "accepted",
      status: 200,
      bytes: Buffer.byteLength(request?.body ?? ""),
    });
    expect(answer.durationMs).toBeGreaterThan(0);
  });

  test("goes over connections that are kept", async () => {
    await using server = await startTrackServer(reply(200, {}));
    for (let sent = 0; sent < 5; sent++) await server.client.sendBatch(operations);
    expect(server.connections()).toBe(1);
  });

  test("uses no proxy of the environment", async () => {
    process.env.http_proxy = "http://127.0.0.1:1";
    try {
      expect(await answerTo(200, {})).toMatchObject({ kind: "accepted" });
    } finally {
      delete process.env.http_proxy;
    }
  });
});

describe("replies that take the batch", () => {
  test("200 takes every operation", async () => {
    expect(await answerTo(200, {})).toEqual({ kind: "accepted", status: 200, rejected: new Map() });
  });

  test("F21 207 takes all but those named by batch_index, with reason, field and message", async () => {
    const errors = [
      { batch_index: 0, reason: "required", field: "identifiers", message: "identifiers are required" },
      { batch_index: 2, reason: "invalid", message: "no such action" },
    ];
    expect(await answerTo(207, { errors })).toEqual({
      kind: "accepted",
      status: 207,
      rejected: new Map([
        [0, { reason: "required", field: "identifiers", message: "identifiers are required" }],
        [2, { reason: "invalid", message: "no such action" }],
      ]),
    });
  });

  test.each([
    ["no body", 204, ""],
    ["an empty body", 200, ""],
    ["blanks", 202, " \n"],
    ["any JSON", 201, '"queued"'],
    ["an empty list of errors", 207, { errors: [] }],
  ])("F15 a 2xx with %s takes every operation", async (_case, status, body) => {
    expect(await answerTo(status, body)).toEqual({ kind: "accepted", status, rejected: new Map() });
  });

  test("F15 a 200 whose errors name operations is read as 207", async () => {
    const error = { reason: "invalid", field: "name", message: "too long" };
    const answer = await answerTo(200, { errors: [{ batch_index: 1, ...error }] });
    expect(answer).toEqual({ kind: "accepted", status: 200, rejected: new Map([[1, error]]) });
  });

  test.each([undefined, null, -1, 3, 1.5, "1"])(
    "F15 an error entry whose batch_index is %j is a 400 to the request: smaller ones find out whom it means",
    async (batch_index) => {
      const errors = [
        { batch_index: 1, reason: "invalid" },
        { batch_index, reason: "odd" },
      ];
      expect(await answerTo(207, { errors })).toEqual({
        kind: "rejected",
        status: 207,
        reason: "invalid; odd",
      });
    },
  );

  test.each([
    ["a 200 that is HTML", 200, "<html>Welcome to the hotel</html>"],
    ["a 207 without a body", 207, ""],
    ["a 207 that is cut off", 207, '{"errors":[{"batch_ind'],
    ["a 207 without a list of errors", 207, { meta: {} }],
  ])("F15 %s takes nothing and is flagged", async (_case, status, body) => {
    expect(await answerTo(status, body)).toMatchObject({
      kind: "unavailable",
      status,
      flagged: expect.any(String),
    });
  });
});

describe("replies that do not", () => {
  test.each([400, 413, 422])("F22 %i rejects these bytes", async (status) => {
    expect(await answerTo(status, "")).toEqual({
      kind: "rejected",
      status,
      reason: `answered ${status} without a reason`,
    });
  });

  test.each([
    [
      { errors: [{ reason: "invalid", field: "batch", message: "not an array" }] },
      "batch: invalid: not an array",
    ],
    [{ errors: ["no"] }, "answered 400 without a reason"],
    [{ meta: { errors: ["name is required", "id is no ULID"] } }, "name is required; id is no ULID"],
    [{ meta: { error: "too large" } }, "too large"],
    ["<html>", "answered 400 without a reason"],
  ])("F20 a 400's reason is Customer.io's own: %j", async (body, reason) => {
    expect(await answerTo(400, body)).toEqual({ kind: "rejected", status: 400, reason });
  });

  test("a reason of any length stays readable", async () => {
    const answer = await answerTo(400, { meta: { errors: ["x".repeat(100_000)] } });
    expect(JSON.stringify(answer).length).toBeLessThan(1_000);
  });

  test("500 failed, and its operations may be why", async () => {
    expect(await answerTo(500, { meta: { error: "oops" } })).toEqual({
      kind: "failed",
      status: 500,
      reason: "oops",
    });
  });

  test.each([408, 429, 501, 502, 503, 504, 520])("F12 %i is unavailable", async (status) => {
    expect(await answerTo(status, "")).toEqual({ kind: "unavailable", status, why: `answered ${status}` });
  });

  test.each([401, 403])("F19 %i is about the keys", async (status) => {
    expect(await answerTo(status, "")).toEqual({ kind: "unauthorized", status });
  });

  test.each([402, 404, 405, 406, 407, 409, 410, 415, 451])(
    "F16 %i is about the configuration",
    async (status) => {
      expect(await answerTo(status, "")).toEqual({ kind: "misconfigured", status });
    },
  );

  test.each([301, 302, 303, 307, 308])("F16 %i is not followed", async (status) => {
    await using elsewhere = await startTrackServer(reply(200, {}));
    expect(await answerTo(status, "", { location: `${elsewhere.url}/api/v2/batch` })).toEqual({
      kind: "misconfigured",
      status,
    });
    await elsewhere.client.sendBatch([]);
    expect(elsewhere.received).toHaveLength(1);
  });

  test.each([
    ["7", 7_000],
    ["0", 0],
    ["-5", 0],
    ["1.5", 1_500],
    ["999999999999999999999", 300_000],
    ["Wed, 21 Oct 2015 07:28:00 GMT", 0],
    ["Fri, 21 Oct 2222 07:28:00 GMT", 300_000],
    ["soon", undefined],
    ["", undefined],
  ])("F11 Retry-After: %s asks for %s ms", async (header, retryAfterMs) => {
    const answer = await answerTo(429, "", { "retry-after": header });
    expect(answer).toEqual({
      kind: "unavailable",
      status: 429,
      why: "answered 429",
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  });

  test("F11 a Retry-After date is counted from now", async () => {
    const header = new Date(Date.now() + 60_000).toUTCString();
    const answer = await answerTo(503, "", { "retry-after": header });
    const retryAfterMs = answer.kind === "unavailable" ? answer.retryAfterMs : undefined;
    expect(retryAfterMs).toBeGreaterThan(30_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });
});
