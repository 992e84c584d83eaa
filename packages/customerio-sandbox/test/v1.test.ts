import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { defaultKeys } from "../src/index.ts";
import { basic, openSandbox } from "./open-sandbox.ts";
import { acme, ulid } from "./operations.ts";

describe("A customer", () => {
  test("is added and updated by PUT", async () => {
    const { send, person } = await openSandbox();
    const answer = await send("PUT", "/api/v1/customers/u1", { email: "jane@example.com", plan: "free" });
    expect([answer.status, answer.text]).toEqual([200, "{}"]);
    await send("PUT", "/api/v1/customers/jane@example.com", { plan: "premium", _timestamp: 4_000_000_000 });
    await send("PUT", "/api/v1/customers/u1", { plan: "late", _timestamp: 3_999_999_999 });
    expect(await person("u1")).toMatchObject({ email: "jane@example.com", attributes: { plan: "premium" } });
  });

  test("is named by cio_id with a prefix", async () => {
    const { send, person } = await openSandbox();
    await send("PUT", "/api/v1/customers/u1", {});
    const cioId = (await person("u1"))?.cioId;
    await send("PUT", `/api/v1/customers/cio_${cioId}`, { id: "u2" });
    expect(await person("u2")).toMatchObject({ cioId });
    expect(await person("u1")).toBeUndefined();
  });

  test("is related to objects", async () => {
    const { send, person } = await openSandbox();
    const relationships = [{ identifiers: acme, relationship_attributes: { role: "admin" } }];
    await send("PUT", "/api/v1/customers/u1", {
      cio_relationships: { action: "add_relationships", relationships },
    });
    expect((await person("u1"))?.relationships).toEqual([
      { ...acme, relationship_attributes: { role: "admin" } },
    ]);
    await send("PUT", "/api/v1/customers/u1", {
      cio_relationships: { action: "delete_relationships", relationships },
    });
    expect((await person("u1"))?.relationships).toEqual([]);
  });

  test("is deleted, suppressed and unsuppressed", async () => {
    const { send, person } = await openSandbox();
    await send("PUT", "/api/v1/customers/u1", {});
    expect((await send("DELETE", "/api/v1/customers/u1")).status).toBe(200);
    expect(await person("u1")).toBeUndefined();
    expect((await send("POST", "/api/v1/customers/u1/suppress")).status).toBe(200);
    await send("PUT", "/api/v1/customers/u1", {});
    expect(await person("u1")).toBeUndefined();
    expect((await send("POST", "/api/v1/customers/u1/unsuppress")).status).toBe(200);
    await send("PUT", "/api/v1/customers/u1", {});
    expect(await person("u1")).toBeDefined();
  });

  test("has devices", async () => {
    const { send, person } = await openSandbox();
    const device = { id: "t/1", platform: "ios", last_used: 1_700_000_000, attributes: { device_os: "17" } };
    expect((await send("PUT", "/api/v1/customers/u1/devices", { device })).status).toBe(200);
    const { id: token, ...rest } = device;
    expect((await person("u1"))?.devices).toEqual([{ token, ...rest }]);
    expect((await send("DELETE", "/api/v1/customers/u1/devices/t%2F1")).status).toBe(200);
    expect((await person("u1"))?.devices).toEqual([]);
  });

  test("is merged into another", async () => {
    const { send, person } = await openSandbox();
    await send("PUT", "/api/v1/customers/u1", {});
    await send("PUT", "/api/v1/customers/u2", { plan: "premium" });
    const { status } = await send("POST", "/api/v1/merge_customers", {
      primary: { id: "u1" },
      secondary: { id: "u2" },
    });
    expect(status).toBe(200);
    expect((await person("u1"))?.attributes).toMatchObject({ plan: "premium" });
    expect(await person("u2")).toBeUndefined();
  });
});

describe("A delivery metric", () => {
  const opened = { delivery_id: "d1", metric: "opened", timestamp: 1_772_280_000, recipient: "t" };

  test("is taken with its time", async () => {
    const { send } = await openSandbox();
    const answer = await send("POST", "/api/v1/metrics", opened);
    expect([answer.status, answer.text]).toEqual([200, "{}"]);
  });

  test.each([
    { ...opened, metric: "seen" },
    { ...opened, delivery_id: "" },
    { ...opened, timestamp: 0 },
    { ...opened, timestamp: -1 },
    { ...opened, device_token: "t" },
  ])("is refused: %j", async (metric) => {
    const { send } = await openSandbox();
    expect((await send("POST", "/api/v1/metrics", metric)).status).toBe(400);
  });
});

describe("An event", () => {
  test("may be a page or a screen, and large", async () => {
    const { send, activity } = await openSandbox();
    await send("PUT", "/api/v1/customers/u1", {});
    const data = { text: "x".repeat(99_900) };
    for (const type of [undefined, "event", "page", "screen"]) {
      expect(
        (await send("POST", "/api/v1/customers/u1/events", { name: " Large ", type, data })).status,
      ).toBe(200);
    }
    const [, ...events] = await activity();
    expect(events.map(({ type, name }) => [type, name])).toEqual([
      ["Event", "Large"],
      ["Event", "Large"],
      ["Page View", "Large"],
      ["Screen View", "Large"],
    ]);
    expect(events[0]?.data).toEqual(data);
  });

  test("may hold anything under the names of a message's settings, as a page or a screen", async () => {
    const { send } = await openSandbox();
    for (const type of ["page", "screen"]) {
      const body = { name: "Home", type, data: { recipient: 1, reply_to: null } };
      expect((await send("POST", "/api/v1/customers/u1/events", body)).status).toBe(200);
    }
  });

  test("that was seen in v2 is not taken for another", async () => {
    const { send, entity, activity } = await openSandbox();
    const common = { name: "Bought", id: ulid(1), timestamp: 1_700_000_000 };
    await send("POST", "/api/v1/customers/u1/events", { ...common, data: {} });
    await entity({ type: "person", action: "event", identifiers: { id: "u1" }, ...common, attributes: {} });
    expect(await activity()).toHaveLength(1);
  });

  test("may be anonymous, or nobody's at all", async () => {
    const { send, activity } = await openSandbox();
    await send("POST", "/api/v1/events", { name: "Looked", anonymous_id: "cookie", data: { sku: 1 } });
    await send("POST", "/api/v1/events", { name: "Came by", type: "page" });
    expect((await activity()).map(({ type, name, identifiers }) => [type, name, identifiers])).toEqual([
      ["Event", "Looked", { anonymous_id: "cookie" }],
      ["Page View", "Came by", {}],
    ]);
  });
});

describe("A bad request is answered 400 with errors in sentences:", () => {
  const long = "x".repeat(151);
  test.each([
    ["PUT", "/api/v1/customers/u1", undefined],
    ["PUT", "/api/v1/customers/u1", "not JSON"],
    ["PUT", "/api/v1/customers/u1", []],
    ["PUT", "/api/v1/customers/u1", { price: 1.5 }],
    ["PUT", "/api/v1/customers/u1", { plan: null }],
    ["PUT", "/api/v1/customers/u1", { address: { city: "Ulm" } }],
    ["PUT", "/api/v1/customers/u1", { created_at: "yesterday" }],
    ["PUT", "/api/v1/customers/u1", { _timestamp: 1.5 }],
    ["PUT", "/api/v1/customers/u1", { bio: "x".repeat(1_001) }],
    ["PUT", "/api/v1/customers/u1", { [long]: 1 }],
    ["PUT", "/api/v1/customers/u1", { cio_relationships: [] }],
    ["PUT", "/api/v1/customers/u1", { cio_relationships: { action: "add", relationships: [] } }],
    ["PUT", `/api/v1/customers/${long}`, {}],
    ["DELETE", `/api/v1/customers/${long}`, undefined],
    ["PUT", "/api/v1/customers/%20", {}],
    ["POST", "/api/v1/customers/u1/events", {}],
    ["POST", "/api/v1/customers/u1/events", { name: "" }],
    ["POST", "/api/v1/customers/u1/events", { name: "x".repeat(101) }],
    ["POST", "/api/v1/customers/u1/events", { name: "x", id: "no ULID" }],
    ["POST", "/api/v1/customers/u1/events", { name: "x", type: "track" }],
    ["POST", "/api/v1/customers/u1/events", { name: "x", timestamp: "now" }],
    ["POST", "/api/v1/customers/u1/events", { name: "x", data: [] }],
    ["POST", "/api/v1/customers/u1/events", { name: "x", data: { recipient: 1 } }],
    ["POST", "/api/v1/customers/u1/events", { name: "x", type: "event", data: { reply_to: null } }],
    ["POST", "/api/v1/customers/u1/events", { name: "x", data: { text: "x".repeat(100_000) } }],
    ["POST", "/api/v1/customers/u1/events", { name: "x", attributes: {} }],
    ["POST", "/api/v1/customers/u1/events", { name: "x", type: "screen", anonymous_id: "a" }],
    ["POST", "/api/v1/events", { anonymous_id: "a" }],
    ["POST", "/api/v1/events", { name: "x", anonymous_id: 1 }],
    ["PUT", "/api/v1/customers/u1/devices", {}],
    ["PUT", "/api/v1/customers/u1/devices", { device: { token: "t", platform: "ios" } }],
    ["PUT", "/api/v1/customers/u1/devices", { device: { id: "t", platform: "palm" } }],
  ])("%s %s %j", async (method, path, body) => {
    const { send, sandbox } = await openSandbox();
    const { status, json } = await send(method, path, body);
    expect(status).toBe(400);
    const { errors } = (json as { meta: { errors: string[] } }).meta;
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(error).toMatch(/\w+ /);
    expect(sandbox.memory.counts).toMatchObject({ accepted: 0, refused: 1 });
  });

  test.each([
    {},
    { primary: { id: "u1" } },
    { primary: { id: "u1", email: "a@b.c" }, secondary: { id: "u2" } },
  ])("a merge of %j has one error", async (body) => {
    const { send } = await openSandbox();
    const { status, json } = await send("POST", "/api/v1/merge_customers", body);
    expect({ status, json }).toEqual({ status: 400, json: { meta: { error: expect.any(String) } } });
  });
});

test.each(["..", ".", "%2e%2e"])("an id of %s in a path is refused", async (id) => {
  const { url } = await openSandbox();
  const status = await new Promise((resolve, reject) => {
    const headers = { authorization: basic(defaultKeys) };
    // fetch would fold the path.
    const { port } = new URL(url);
    request({ port, path: `/api/v1/customers/${id}`, method: "DELETE", headers, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on("error", reject)
      .end();
  });
  expect(status).toBe(400);
});

test("ids with slashes, blanks and letters of all kinds come through a path", async () => {
  const { send, person } = await openSandbox();
  for (const id of ["a/b", "a b", "ü/%2e", "..x", "😀", "?#&"]) {
    expect((await send("PUT", `/api/v1/customers/${encodeURIComponent(id)}`, {})).status).toBe(200);
    expect(await person(id)).toMatchObject({ id });
  }
});

test("a path Customer.io does not have is answered 404", async () => {
  const { send } = await openSandbox();
  expect((await send("POST", "/api/v3/batch", {})).status).toBe(404);
});
