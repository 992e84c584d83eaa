import { waitFor } from "@customerio-router/fixtures";
import { readRefused } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { keys, startRouter } from "./router-for-tests.ts";

test("F223 refused calls are shown with what to do and examples, on a page and by the API, and go with the connection", async () => {
  await using router = await startRouter({ apiToken: "token-of-the-test" });
  const { dashboard, trackUrl, send } = router;
  const { id, writeKey } = await dashboard.store.ensure({ name: "Shop", ...keys, region: "us", trackUrl });
  await waitFor(async () => (await send(writeKey, "track", { userId: "u", event: "E" })).status === 200, {
    what: "the intake to know the write key",
  });
  await send(writeKey, "track", { userId: "u", properties: { note: "<script>alert(1)</script>" } });
  await send("nobody's", "track", { userId: "u", event: "E" });
  const refused = () => Promise.all([readRefused(dashboard.redis, id), readRefused(dashboard.redis)]);
  await waitFor(async () => (await refused()).every(({ length }) => length === 1), { what: "both reasons" });

  const operator = await dashboard.operator();
  expect((await operator.get(`/connections/${id}`)).text).toContain(`href="/refused?connection=${id}"`);
  const { text } = await operator.get(`/refused?connection=${id}`);
  expect(text).toContain("The event has no name.");
  expect(text).toContain("No source has the write key of the call");
  expect(text).toContain("&lt;script&gt;alert(1)");
  expect(text).not.toMatch(/<script>alert/);
  expect((await operator.get("/refused?connection=none")).status).toBe(404);

  const headers = { authorization: "Bearer token-of-the-test" };
  const response = await fetch(`${dashboard.url}/api/refused?connection=${id}`, { headers });
  expect(await response.json()).toMatchObject({
    connections: [{ id, refused: [{ reason: "no-name", status: 400, requests: 1, examples: [{}] }] }],
    unknown: [{ reason: "unknown-write-key", status: 401, requests: 1, examples: [] }],
  });

  await operator.submit(`/connections/${id}/remove`, {});
  expect(await readRefused(dashboard.redis, id)).toEqual([]);
});

test("a body of a refused call is shown without personal data where that is masked", async () => {
  await using router = await startRouter({ maskPersonalData: true });
  const { dashboard, trackUrl, send } = router;
  const { id, writeKey } = await dashboard.store.ensure({ name: "Shop", ...keys, region: "us", trackUrl });
  const refuse = () => send(writeKey, "track", { userId: "ada-lovelace", anonymousId: "a" });
  await waitFor(async () => (await refuse()).status === 400, { what: "the call to be refused" });
  await waitFor(async () => (await readRefused(dashboard.redis, id)).length === 1, { what: "the example" });
  const { text } = await (await dashboard.operator()).get("/refused");
  expect(text).toContain("userId");
  expect(text).not.toContain("ada-lovelace");
});
