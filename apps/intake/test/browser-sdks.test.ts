import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { basic, redisForTests, send, startIntake } from "./intake-for-tests.ts";

const redis = redisForTests();
const forEveryPage = { "access-control-allow-origin": "*" };

function get(url: string, headers: { [name: string]: string } = {}) {
  return send(url, { method: "GET", headers });
}

test("the settings of a browser SDK make it send here, whichever of the two vendors it is from", async () => {
  await using intake = await startIntake(redis.server);
  const answer = await get(`${intake.url}/v1/projects/any-key/settings`);
  const here = { apiKey: "any-key", apiHost: `127.0.0.1:${intake.port}/v1`, protocol: "http" };
  expect(answer).toMatchObject({ status: 200, headers: forEveryPage });
  expect(answer.headers["cache-control"]).toBe("private, max-age=300");
  expect(JSON.parse(answer.body)).toMatchObject({
    integrations: { "Segment.io": here, "Customer.io Data Pipelines": here },
    metrics: { sampleRate: 0 },
  });
});

test.each([
  ["https://events.example.com", "events.example.com/v1"],
  ["https://example.com:8443/ingest/", "example.com:8443/ingest/v1"],
])("behind %s the settings name that address", async (intakeUrl, apiHost) => {
  await using intake = await startIntake(redis.server, { intakeUrl });
  const { body } = await get(`${intake.url}/v1/projects/any-key/settings`);
  expect(JSON.parse(body).integrations["Segment.io"]).toMatchObject({ apiHost, protocol: "https" });
});

test("a write key as long and as odd as write keys may be gets its settings", async () => {
  await using intake = await startIntake(redis.server);
  const writeKey = '"</script>%'.padEnd(200, "/");
  const answer = await get(`${intake.url}/v1/projects/${encodeURIComponent(writeKey)}/settings`);
  expect(JSON.parse(answer.body).integrations["Segment.io"].apiKey).toBe(writeKey);
  expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
});

test.each(["/sourceConfig/", "/sourceConfig"])("RudderStack's SDK gets its source at %s", async (path) => {
  await using intake = await startIntake(redis.server);
  const answer = await get(`${intake.url}${path}?p=npm&v=3.34.1&build=modern&writeKey=any-key`, {
    authorization: basic("any-key"),
  });
  expect(answer).toMatchObject({ status: 200, headers: forEveryPage });
  expect(JSON.parse(answer.body)).toMatchObject({
    source: { id: expect.any(String), writeKey: "any-key", enabled: true, destinations: [] },
  });
});

test.each(["/v1/m", "/rsaMetrics"])(
  "what an SDK reports about itself at %s is counted and thrown away",
  async (path) => {
    await using intake = await startIntake(redis.server);
    for (const body of ['{"series":[]}', "not JSON", "", Buffer.alloc(5_000_000)]) {
      expect(await intake.post(path, body, {})).toMatchObject({ status: 200, headers: forEveryPage });
    }
    const { body } = await get(`${intake.url}/metrics`);
    expect(body).toContain("customerio_router_sdk_reports_total 4");
    expect(await intake.entries()).toEqual([]);
  },
);

test("a beacon, which can send no headers, is taken by the write key of its query", async () => {
  await using intake = await startIntake(redis.server);
  const call = { type: "track", userId: "u1", event: "Left", messageId: "m1" };
  const answer = await intake.post(
    `/beacon/v1/batch?writeKey=${intake.writeKey}`,
    { batch: [call] },
    {
      "content-type": "text/plain;charset=UTF-8",
    },
  );
  expect(answer.status).toBe(200);
  expect(await intake.entries()).toMatchObject([{ message: call }]);
});

test("Segment's browser SDK is served for any write key, packed, and asked for again once an hour", async () => {
  await using intake = await startIntake(redis.server);
  const url = `${intake.url}/analytics.js/v1/any-key/analytics.min.js`;
  const plain = await get(url);
  expect(plain).toMatchObject({ status: 200, headers: forEveryPage });
  expect(plain.headers).toMatchObject({
    "content-type": "application/javascript; charset=utf-8",
    "cache-control": "public, max-age=3600",
    "cross-origin-resource-policy": "cross-origin",
  });
  expect(plain.body).toContain("/analytics-next/bundles/");
  const unchanged = await get(url, { "if-none-match": String(plain.headers.etag) });
  expect(unchanged).toMatchObject({ status: 304, body: "" });
  const packed = await fetch(url, { headers: { "accept-encoding": "gzip" } });
  expect(packed.headers.get("content-encoding")).toBe("gzip");
  expect(await packed.text()).toBe(plain.body);
});

test("every part the SDK loads later is served for ever, and nothing beside them", async () => {
  await using intake = await startIntake(redis.server);
  const bundles = `${intake.url}/analytics-next/bundles`;
  const published = fileURLToPath(
    new URL("dist/umd/", import.meta.resolve("@segment/analytics-next/package.json")),
  );
  const parts = readdirSync(published).filter((name) => /\.bundle\..*\.js$/.test(name));
  expect(parts.length).toBeGreaterThan(3);
  for (const part of parts) {
    const answer = await get(`${bundles}/${part}`);
    expect(answer).toMatchObject({ status: 200, headers: forEveryPage });
    expect(answer.headers).toMatchObject({
      "cache-control": "public, max-age=31536000, immutable",
      "cross-origin-resource-policy": "cross-origin",
    });
  }
  for (const path of [
    "index.js",
    "standalone.js.map",
    "..%2findex.js",
    "../package.json",
    "x.bundle.0.js",
    "",
  ]) {
    expect((await get(`${bundles}/${path}`)).status).toBe(404);
  }
});
