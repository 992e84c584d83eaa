import { expect, test } from "vitest";
import { trackHosts } from "../src/index.ts";
import { reply, startTrackServer } from "./track-server.ts";

test.each([
  [
    { url: trackHosts.eu, region: "eu", environment_id: 3 },
    { kind: "found", region: "eu", environmentId: 3 },
  ],
  [
    { url: trackHosts.us, data_center: "us" },
    { kind: "found", region: "us" },
  ],
])("the region of %j", async (body, answer) => {
  await using server = await startTrackServer(reply(200, body));
  expect(await server.client.findRegion()).toEqual(answer);
  expect(server.received).toMatchObject([{ method: "GET", path: "/api/v1/accounts/region", body: "" }]);
});

test.each([
  [401, "", { kind: "unauthorized", status: 401 }],
  [404, "", { kind: "misconfigured", status: 404 }],
  [200, '{"region":"mars"}', { kind: "misconfigured", status: 200 }],
  [200, "", { kind: "misconfigured", status: 200 }],
  [503, "", { kind: "unavailable", status: 503, why: "answered 503" }],
])("no region from %i %s", async (status, body, answer) => {
  await using server = await startTrackServer(reply(status, body));
  expect(await server.client.findRegion()).toEqual(answer);
});
