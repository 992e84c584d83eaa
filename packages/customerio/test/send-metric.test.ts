import { expect, test } from "vitest";
import type { MetricOperation } from "../src/index.ts";
import { reply, startTrackServer } from "./track-server.ts";

const opened: MetricOperation = {
  type: "delivery",
  action: "event",
  identifiers: { id: "RPILAgUBcRhIBqSfeiIwdIYJKxTY" },
  name: "opened",
  timestamp: 1_772_280_000,
  attributes: { recipient: "t" },
  route: "v1-metrics",
};

test("what became of a delivery goes alone to v1's metrics, with its time", async () => {
  await using server = await startTrackServer(reply(200, {}));
  expect(await server.client.sendMetric(opened)).toMatchObject({ kind: "accepted", rejected: new Map() });
  const [request] = server.received;
  expect(request).toMatchObject({ method: "POST", path: "/api/v1/metrics" });
  expect(JSON.parse(request?.body ?? "")).toEqual({
    delivery_id: "RPILAgUBcRhIBqSfeiIwdIYJKxTY",
    metric: "opened",
    timestamp: 1_772_280_000,
    recipient: "t",
  });
});

test("404 to a metric is about its delivery, not about the connection", async () => {
  await using server = await startTrackServer(reply(404, {}));
  expect(await server.client.sendMetric(opened)).toMatchObject({ kind: "rejected", status: 404 });
});

test("a metric whose signal is aborted comes back as unavailable", async () => {
  await using server = await startTrackServer(reply(200, {}));
  expect(await server.client.sendMetric(opened, AbortSignal.abort())).toMatchObject({ kind: "unavailable" });
});
