import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { defaultKeys } from "../src/index.ts";
import { basic, openSandbox } from "./open-sandbox.ts";
import { event, identify, person, ulid } from "./operations.ts";

const bought = event("u1", "Bought");

describe("A status", () => {
  test("is answered with headers and body, and nothing is taken", async () => {
    const { setFaults, batch, sandbox } = await openSandbox();
    await setFaults({ status: 429, headers: { "retry-after": "7" }, body: { slow: "down" } });
    const { status, headers, json } = await batch(bought);
    expect([status, headers.get("retry-after"), json]).toEqual([429, "7", { slow: "down" }]);
    expect(sandbox.memory.counts.accepted).toBe(0);
  });

  test.each([400, 401, 403, 404, 408, 413, 422, 500, 502, 503, 504])(
    "of %i has a body that says who told",
    async (status) => {
      const { setFaults, batch } = await openSandbox();
      await setFaults({ status });
      const answer = await batch(bought);
      expect(answer.status).toBe(status);
      expect(answer.json).toMatchObject({ errors: [{ reason: "fault" }] });
    },
  );

  test.each([
    ["an empty body", 200, "", ""],
    ["a body that is no JSON", 200, "<html>OK</html>", "<html>OK</html>"],
    ["a list", 200, [], "[]"],
    [
      "errors all the same",
      200,
      { errors: [{ batch_index: 0, reason: "x" }] },
      '{"errors":[{"batch_index":0,"reason":"x"}]}',
    ],
    ["a 202", 202, undefined, "{}"],
    ["a 207 that cannot be read", 207, "{", "{"],
  ])("of success may come with %s, and the operations are taken", async (_name, status, body, text) => {
    const { setFaults, batch, sandbox } = await openSandbox();
    await setFaults({ status, body });
    const answer = await batch(bought);
    expect([answer.status, answer.text]).toEqual([status, text]);
    expect(sandbox.memory.counts.accepted).toBe(1);
  });

  test("of failure may be a lie: the operations are taken nevertheless", async () => {
    const { setFaults, batch, sandbox } = await openSandbox();
    await setFaults({ status: 500, apply: true });
    expect((await batch(bought)).status).toBe(500);
    expect(sandbox.memory.counts.accepted).toBe(1);
  });
});

describe("A connection", () => {
  test("is dropped before the answer", async () => {
    const { setFaults, batch, sandbox } = await openSandbox();
    await setFaults({ drop: "before" });
    await expect(batch(bought)).rejects.toThrow();
    expect(sandbox.memory.counts.accepted).toBe(0);
  });

  test("is dropped in the middle of the answer, when all is taken", async () => {
    const { setFaults, batch, sandbox } = await openSandbox();
    await setFaults({ drop: "midway" });
    await expect(batch(bought)).rejects.toThrow();
    expect(sandbox.memory.counts.accepted).toBe(1);
  });

  test("is dropped before the answer though all is taken", async () => {
    const { setFaults, batch, sandbox } = await openSandbox();
    await setFaults({ drop: "before", apply: true });
    await expect(batch(bought)).rejects.toThrow();
    expect(sandbox.memory.counts.accepted).toBe(1);
  });
});

describe("An answer", () => {
  test("comes late", async () => {
    const { setFaults, batch } = await openSandbox();
    await setFaults({ latencyMs: 120 });
    const startedMs = performance.now();
    expect((await batch(bought)).json).toEqual({});
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(115);
  });

  test("comes late and wrong", async () => {
    const { setFaults, batch } = await openSandbox();
    await setFaults({ latencyMs: 20, status: 503 });
    expect((await batch(bought)).status).toBe(503);
  });

  test("comes in a trickle, and is the usual one in the end", async () => {
    const { setFaults, batch } = await openSandbox();
    await setFaults({ trickle: { bytes: 30, everyMs: 5 } });
    const startedMs = performance.now();
    const { status, text, json } = await batch(bought);
    expect([status, text.length, json]).toEqual([200, 30, {}]);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(30 * 4);
  });

  test("is a redirect, and nothing is taken", async () => {
    const { setFaults, batch, sandbox } = await openSandbox();
    await setFaults(
      { redirect: "http://169.254.169.254/", count: 1 },
      { redirect: "https://example.com/", status: 307 },
    );
    const first = await batch(bought);
    expect([first.status, first.headers.get("location")]).toEqual([302, "http://169.254.169.254/"]);
    expect((await batch(bought)).status).toBe(307);
    expect(sandbox.memory.counts.accepted).toBe(0);
  });

  test("unpacks to 200 MB from a few hundred kilobytes", async () => {
    const { setFaults, url } = await openSandbox();
    await setFaults({ unpackBytes: 200_000_000 });
    const received = await rawAnswer(url);
    expect(received.headers["content-encoding"]).toBe("gzip");
    expect(received.body.length).toBeLessThan(400_000);
  });

  test("unpacks to JSON", async () => {
    const { setFaults, batch } = await openSandbox();
    await setFaults({ unpackBytes: 2_500_000 });
    const { text, json } = await batch(bought);
    expect([text.length, json]).toEqual([2_500_002, {}]);
  });
});

describe("Operations are refused", () => {
  test("by name with 207, and the others are taken", async () => {
    const { setFaults, batch, activity } = await openSandbox();
    await setFaults({
      names: ["Bought"],
      refuse: { reason: "invalid_value", field: "name", message: "not today" },
    });
    const { status, json } = await batch(event("u1", "Looked"), bought, event("u2", "Bought"));
    expect(status).toBe(207);
    expect(json).toEqual({
      errors: [
        { batch_index: 1, reason: "invalid_value", field: "name", message: "not today" },
        { batch_index: 2, reason: "invalid_value", field: "name", message: "not today" },
      ],
    });
    expect((await activity()).map(({ name }) => name)).toEqual(["Looked"]);
  });

  test("by person, whatever the identifier", async () => {
    const { setFaults, batch } = await openSandbox();
    await setFaults({ persons: ["u1", "jane@example.com"], refuse: {} });
    const { json } = await batch(
      identify("u1"),
      identify("u2"),
      { ...person("delete", ""), identifiers: { email: "jane@example.com" } },
      { type: "person", action: "merge", primary: { id: "u2" }, secondary: { id: "u1" } },
    );
    expect((json as { errors: { batch_index: number }[] }).errors.map((each) => each.batch_index)).toEqual([
      0, 2, 3,
    ]);
  });

  test("by name and person together", async () => {
    const { setFaults, batch } = await openSandbox();
    await setFaults({ names: ["Bought"], persons: ["u1"], refuse: {} });
    const { json } = await batch(event("u1", "Looked"), event("u2", "Bought"), bought);
    expect(json).toMatchObject({ errors: [{ batch_index: 2 }] });
  });

  test("all, where the fault names none", async () => {
    const { setFaults, batch } = await openSandbox();
    await setFaults({ refuse: {} });
    expect((await batch(bought, identify("u1"))).json).toMatchObject({
      errors: [{ batch_index: 0 }, { batch_index: 1 }],
    });
  });

  test("with 400 where there is one alone", async () => {
    const { setFaults, entity, send } = await openSandbox();
    await setFaults({ names: ["Bought"], refuse: { message: "not today" } });
    expect(await entity(bought)).toMatchObject({ status: 400, json: { errors: [{ message: "not today" }] } });
    const v1 = await send("POST", "/api/v1/customers/u1/events", { name: "Bought" });
    expect(v1).toMatchObject({ status: 400, json: { meta: { errors: ["not today"] } } });
  });

  test("and taken, with the same ULID, once the fault is lifted", async () => {
    const { setFaults, send, batch, activity } = await openSandbox();
    const once = event("u1", "Bought", { id: ulid(1) });
    await setFaults({ names: ["Bought"], refuse: {} });
    expect((await batch(once)).status).toBe(207);
    await send("DELETE", "/api/faults");
    expect((await batch(once)).status).toBe(200);
    expect(await activity()).toHaveLength(1);
  });
});

describe("A fault befalls", () => {
  const statuses = async (
    batch: (...operations: unknown[]) => Promise<{ status: number }>,
    times: number,
  ) => {
    const all: number[] = [];
    for (let i = 0; i < times; i++) all.push((await batch(bought)).status);
    return all;
  };

  test("so many requests", async () => {
    const { setFaults, batch } = await openSandbox();
    await setFaults({ status: 503, count: 2 });
    expect(await statuses(batch, 4)).toEqual([503, 503, 200, 200]);
  });

  test("an exact share of them", async () => {
    const { setFaults, batch } = await openSandbox();
    await setFaults({ status: 503, share: 0.25 });
    expect(await statuses(batch, 8)).toEqual([200, 200, 200, 503, 200, 200, 200, 503]);
  });

  test("a third of them", async () => {
    const { setFaults, batch } = await openSandbox();
    await setFaults({ status: 503, share: 1 / 3 });
    expect((await statuses(batch, 30)).filter((status) => status === 503)).toHaveLength(10);
  });

  test("none of the first ones", async () => {
    const { setFaults, batch } = await openSandbox();
    await setFaults({ status: 503, skip: 2, count: 1 });
    expect(await statuses(batch, 5)).toEqual([200, 200, 503, 200, 200]);
  });

  test("only once another before it in the list has ended", async () => {
    const { setFaults, batch } = await openSandbox();
    await setFaults({ status: 429, count: 1 }, { status: 500, count: 2 }, { status: 503 });
    expect(await statuses(batch, 5)).toEqual([429, 500, 500, 503, 503]);
  });

  test("some paths and methods", async () => {
    const { setFaults, batch, entity, get } = await openSandbox();
    await setFaults({ path: "/api/v2/batch", method: "POST", status: 503 });
    expect([(await batch(bought)).status, (await entity(bought)).status]).toEqual([503, 200]);
    await setFaults({ method: "GET", status: 503 });
    expect([(await batch(bought)).status, (await get("/api/v1/accounts/region")).status]).toEqual([200, 503]);
  });

  test("requests about some names", async () => {
    const { setFaults, batch } = await openSandbox();
    await setFaults({ names: ["Bought"], status: 500 });
    expect([
      (await batch(event("u1", "Looked"))).status,
      (await batch(event("u1", "Looked"), bought)).status,
    ]).toEqual([200, 500]);
  });

  test("the Track API alone", async () => {
    const { setFaults, get, batch } = await openSandbox();
    await setFaults({ drop: "before" });
    for (const path of [
      "/",
      "/people",
      "/activity",
      "/api/people",
      "/api/activity",
      "/api/requests",
      "/api/faults",
    ]) {
      expect((await get(path)).status).toBe(200);
    }
    await expect(batch(bought)).rejects.toThrow();
  });
});

describe("PUT /api/faults", () => {
  test.each([
    ["nothing", undefined, "expected object"],
    ["no JSON", "faults=", "expected object"],
    ["no object", [], "expected object"],
    ["no list", {}, "faults: "],
    ["an unknown field", { faults: [{ status: 500, often: true }] }, "faults.0: "],
    ["two faults at once", { faults: [{ status: 500, drop: "before" }] }, "faults.0: has status and drop"],
    ["no fault at all", { faults: [{ count: 1 }] }, "faults.0: needs latencyMs or one of status, drop"],
    [
      "headers without a status",
      { faults: [{ drop: "before", headers: {} }] },
      "faults.0: has headers without status",
    ],
    ["a status that is none", { faults: [{ status: 99 }] }, "faults.0.status: "],
    ["a share over one", { faults: [{ status: 500, share: 2 }] }, "faults.0.share: "],
    ["a count of none", { faults: [{ status: 500, count: 0 }] }, "faults.0.count: "],
    ["a drop at another time", { faults: [{ drop: "later" }] }, "faults.0.drop: "],
    [
      "a header that splits the answer",
      { faults: [{ status: 500, headers: { a: "b\r\nc: d" } }] },
      "faults.0.headers.a: ",
    ],
    ["a redirect to nowhere", { faults: [{ redirect: "nowhere" }] }, "faults.0.redirect: "],
    ["a huge latency", { faults: [{ latencyMs: 1e9 }] }, "faults.0.latencyMs: "],
    ["the second of two", { faults: [{ status: 500 }, { status: "500" }] }, "faults.1.status: "],
  ])("with %s is answered 400 and changes nothing", async (_name, body, problem) => {
    const { send, setFaults, get } = await openSandbox();
    await setFaults({ status: 418 });
    const { status, json } = await send("PUT", "/api/faults", body);
    expect(status).toBe(400);
    expect((json as { errors: string[] }).errors.join("\n")).toContain(problem);
    expect((await get("/api/faults")).json).toMatchObject({ faults: [{ status: 418 }] });
  });

  test("is read as JSON whatever its content type says", async () => {
    const { send, batch } = await openSandbox();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    expect((await send("PUT", "/api/faults", { faults: [{ status: 503 }] }, headers)).status).toBe(200);
    expect((await batch(bought)).status).toBe(503);
  });

  test("names every problem", async () => {
    const { setFaults } = await openSandbox();
    const { json } = await setFaults({ status: 1 }, { share: -1, status: 500 }, {});
    expect((json as { errors: string[] }).errors).toHaveLength(3);
  });

  test("replaces what was there; GET tells how often each struck; DELETE ends them", async () => {
    const { setFaults, send, get, batch } = await openSandbox();
    await setFaults({ status: 500 });
    await setFaults({ status: 503, share: 0.5 });
    for (let i = 0; i < 4; i++) await batch(bought);
    expect((await get("/api/faults")).json).toEqual({
      faults: [{ status: 503, share: 0.5, skip: 0, matched: 4, struck: 2 }],
    });
    expect((await send("DELETE", "/api/faults")).status).toBe(204);
    expect((await get("/api/faults")).json).toEqual({ faults: [] });
    expect((await batch(bought)).status).toBe(200);
  });
});

test("a sandbox closes in the middle of a wait", async () => {
  const { setFaults, batch, sandbox } = await openSandbox();
  await setFaults({ latencyMs: 60_000 });
  const answer = batch(bought).then(
    () => "answered",
    () => "cut",
  );
  await expect.poll(() => sandbox.faults.list()[0]?.struck).toBe(1);
  await sandbox.close();
  expect(await answer).toBe("cut");
});

/** The bytes of an answer as they come, unpacked by nobody. */
async function rawAnswer(url: string) {
  return new Promise<{ headers: NodeJS.Dict<string | string[]>; body: Buffer }>((resolve, reject) => {
    const headers = { authorization: basic(defaultKeys) };
    request(`${url}/api/v2/batch`, { method: "POST", headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => resolve({ headers: answer.headers, body: Buffer.concat(chunks) }));
    })
      .on("error", reject)
      .end('{"batch":[]}');
  });
}
