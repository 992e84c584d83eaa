import { createSourceStore } from "@customerio-router/connections";
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

test("refused calls of each source are shown apart, and added up for a connection that several feed", async () => {
  await using router = await startRouter({ apiToken: "token-of-the-test" });
  const { dashboard, trackUrl, send } = router;
  const { id, writeKey } = await dashboard.store.ensure({ name: "Shop", ...keys, region: "us", trackUrl });
  const made = await createSourceStore(dashboard.redis).create({
    name: "Pages",
    kind: "browser",
    connections: [id],
    writeKey: "pages-key",
  });
  if (!made.ok) throw new Error("not made");
  const pages = made.source.id;
  for (const key of [writeKey, "pages-key"]) {
    const refuse = () => send(key, "track", { userId: "u" });
    await waitFor(async () => (await refuse()).status === 400, { what: "the call to be refused" });
  }
  const both = () => Promise.all([id, pages].map((source) => readRefused(dashboard.redis, source)));
  await waitFor(async () => (await both()).every(({ length }) => length === 1), { what: "both sources" });

  const read = async (query: string) => {
    const headers = { authorization: "Bearer token-of-the-test" };
    return (await fetch(`${dashboard.url}/api/refused${query}`, { headers })).json();
  };
  const one = { reason: "no-name", requests: 1 };
  const of = (source: string, name: string) => ({ id: source, name, refused: [one] });
  const addedUp = { id, name: "Shop", refused: [{ ...one, requests: 2, examples: [{}, {}] }] };
  const all = { sources: [of(pages, "Pages"), of(id, "Shop")], connections: [addedUp] };
  expect(await read("")).toMatchObject(all);
  expect(await read(`?connection=${id}`)).toMatchObject(all);
  expect(await read(`?source=${pages}`)).toMatchObject({
    sources: [of(pages, "Pages")],
    connections: [of(id, "Shop")],
  });
  expect(await read("?source=s404")).toMatchObject({ error: expect.stringContaining("No connection or") });

  const operator = await dashboard.operator();
  const { text } = await operator.get(`/refused?connection=${id}`);
  expect(text.match(/The event has no name/g)).toHaveLength(2);
  const { text: ofPages } = await operator.get(`/refused?source=${pages}`);
  expect(ofPages.match(/The event has no name/g)).toHaveLength(1);
  expect(ofPages).toContain(`<a href="/sources/${pages}">Pages</a>`);
  expect((await operator.get("/refused?source=s404")).status).toBe(404);
});
