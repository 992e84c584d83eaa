import { expect, test } from "vitest";
import type { EventOperation } from "../src/index.ts";
import { reply, startTrackServer } from "./track-server.ts";

const event: EventOperation = {
  type: "person",
  action: "event",
  identifiers: { id: "u-1" },
  name: "Order Completed",
  id: "01J00000000000000000000000",
  timestamp: 1_700_000_000,
  attributes: { total: 12.5 },
  route: "v1",
};

test("an event goes alone to its person's events, in v1's words", async () => {
  await using server = await startTrackServer(reply(200, {}));
  expect(await server.client.sendEvent(event)).toMatchObject({ kind: "accepted", rejected: new Map() });
  const [request] = server.received;
  expect(request).toMatchObject({ method: "POST", path: "/api/v1/customers/u-1/events" });
  expect(JSON.parse(request?.body ?? "")).toEqual({
    name: "Order Completed",
    type: "event",
    id: "01J00000000000000000000000",
    timestamp: 1_700_000_000,
    data: { total: 12.5 },
  });
});

test.each([
  [{ email: "a+b@example.com" }, "/api/v1/customers/a%2Bb%40example.com/events"],
  [{ cio_id: "0a1b" }, "/api/v1/customers/cio_0a1b/events"],
  [{ id: "../x" }, "/api/v1/customers/..%2Fx/events"],
  [{ id: "%2e%2e" }, "/api/v1/customers/%252e%252e/events"],
  [{ id: "a/b?c#d" }, "/api/v1/customers/a%2Fb%3Fc%23d/events"],
  [{ id: "a\r\nHost: b\0" }, "/api/v1/customers/a%0D%0AHost%3A%20b%00/events"],
  [{ id: "😀" }, "/api/v1/customers/%F0%9F%98%80/events"],
])("F29 %j has one path and no other", async (identifiers, path) => {
  await using server = await startTrackServer(reply(200, {}));
  await server.client.sendEvent({ ...event, identifiers });
  expect(server.received.map((request) => request.path)).toEqual([path]);
});

test.each([{ id: "." }, { id: ".." }, { id: "" }, { id: "\ud800" }, { anonymous_id: "a-1" }])(
  "F29 %j is refused without a request",
  async (identifiers) => {
    await using server = await startTrackServer(reply(200, {}));
    const answer = await server.client.sendEvent({ ...event, identifiers });
    expect(answer).toMatchObject({ kind: "rejected", reason: expect.any(String), bytes: 0 });
    await server.client.sendEvent(event);
    expect(server.received.map((request) => request.path)).toEqual(["/api/v1/customers/u-1/events"]);
  },
);

test("a rejected event tells v1's reason", async () => {
  await using server = await startTrackServer(reply(400, { meta: { errors: ["data is too large"] } }));
  expect(await server.client.sendEvent(event)).toMatchObject({
    kind: "rejected",
    reason: "data is too large",
  });
});
