import { waitFor } from "@customerio-router/fixtures";
import { wake } from "@customerio-router/queue";
import { findRecords, readCounts } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { keys, startRouter } from "./router-for-tests.ts";

const exact = { type: "track", messageId: "m-exact", userId: "u1", event: "Exact" };
const text = JSON.stringify({ ...exact, properties: { order: 0, price: 0 } })
  .replace('"order":0', '"order":9007199254740993')
  .replace('"price":0', '"price":1e400');
const timed = { type: "track", messageId: "m-timed", userId: "u1", event: "Timed", timestamp: "yesterday" };

async function postTo({ intakeUrl }: { intakeUrl: string }, writeKey: string, body: string) {
  const headers = { authorization: `Basic ${btoa(`${writeKey}:`)}`, "content-type": "application/json" };
  const answer = await fetch(`${intakeUrl}/v1/batch`, { method: "POST", headers, body });
  expect(answer.status).toBe(200);
}

test("F168 what reading changed in a message stands in the worker's record of it, on its page and in the API", async () => {
  await using router = await startRouter();
  const { dashboard, trackUrl } = router;
  const { id, writeKey } = await dashboard.store.ensure({ name: "Shop", ...keys, region: "us", trackUrl });
  await postTo(router, writeKey, `{"batch":[${text},${JSON.stringify(timed)}]}`);
  const recordsOf = (messageId: string) => findRecords(dashboard.redis, id, messageId);
  await waitFor(async () => (await recordsOf("m-timed")).length > 0, { what: "the record" });

  const [record] = await recordsOf("m-exact");
  expect(record).toMatchObject({
    outcome: "delivered",
    message: { properties: { order: "9007199254740993" } },
    warnings: [
      { code: "number-as-text", field: "properties.order" },
      { code: "number-out-of-range", field: "properties.price" },
    ],
  });
  const operator = await dashboard.operator();
  const page = (await operator.get(`/message?connection=${id}&id=m-exact`)).text;
  expect(page).toContain("<code>properties.order</code> is sent as text");
  expect(page).toContain(
    "<code>properties.price</code> is left out: it is a number beyond the range of a double, about 10^308.",
  );
  const api = JSON.parse((await operator.get("/api/messages/m-timed")).text);
  expect(api.found[0].explained.warnings).toEqual([
    { code: "timestamp-invalid", field: "timestamp", message: expect.any(String) },
  ]);
});

test("the overview counts a message that is sent again as repeated, and as received once", async () => {
  await using router = await startRouter();
  const { dashboard, trackUrl } = router;
  const { writeKey } = await dashboard.store.ensure({ name: "Shop", ...keys, region: "us", trackUrl });
  for (let sent = 0; sent < 3; sent++) await postTo(router, writeKey, `{"batch":[${JSON.stringify(exact)}]}`);
  const operator = await dashboard.operator();
  const tile = (text: string, label: string) =>
    new RegExp(`<dt>${label}</dt><dd><a [^>]*>(\\d+)</a>`).exec(text)?.[1];
  const shown = async () => {
    const { text } = await operator.get("/overview");
    return ["Received", "Repeated, not kept again", "Delivered"].map((label) => tile(text, label)).join();
  };
  await waitFor(async () => (await shown()) === "1,2,1", { what: "1 received, 2 repeated, 1 delivered" });
});

test("the overview counts a message as rejected once, however often it is retried", async () => {
  await using router = await startRouter();
  const { dashboard, trackUrl } = router;
  const { id, writeKey } = await dashboard.store.ensure({ name: "Shop", ...keys, region: "us", trackUrl });
  await postTo(router, writeKey, '{"batch":[{"type":"track","event":"Nobody\'s"}]}');
  const counted = async () => {
    const counts = await readCounts(dashboard.redis, id, Date.now() - 600_000);
    const sum = (name: "rejected" | "retried") => counts.reduce((all, minute) => all + minute[name], 0);
    return `${sum("rejected")},${sum("retried")}`;
  };
  await waitFor(async () => (await counted()) === "1,0", { what: "the rejection" });
  const [job] = await dashboard.backend.queue(id).getFailed();
  await job?.retry("failed");
  await wake(dashboard.redis, id);
  await waitFor(async () => (await counted()) === "2,1", { what: "the second rejection" });
  const { text } = await (await dashboard.operator()).get("/overview");
  expect(/<dt>Rejected<\/dt><dd><a [^>]*>(\d+)<\/a>/.exec(text)?.[1]).toBe("1");
});

test("F169 that a message was saved out of a corrupt body stands in its record, on its page and in the API, also while it waits", async () => {
  await using router = await startRouter();
  const { dashboard, trackUrl } = router;
  const { id, writeKey } = await dashboard.store.ensure({ name: "Shop", ...keys, region: "us", trackUrl });
  await postTo(router, writeKey, `{"batch":[${text},{"type":"track","messageId":"m-cut","userId":"u`);
  await postTo(router, writeKey, JSON.stringify({ batch: [timed] }));
  const recordsOf = (messageId: string) => findRecords(dashboard.redis, id, messageId);
  await waitFor(async () => (await recordsOf("m-timed")).length > 0, { what: "the record" });
  const operator = await dashboard.operator();
  const pageOf = async (messageId: string) =>
    (await operator.get(`/message?connection=${id}&id=${messageId}`)).text;
  const foundOf = async (messageId: string) =>
    JSON.parse((await operator.get(`/api/messages/${messageId}`)).text).found[0];

  expect((await recordsOf("m-exact"))[0]).toMatchObject({ outcome: "delivered", salvaged: true });
  expect((await recordsOf("m-timed"))[0]).not.toHaveProperty("salvaged");
  expect(await pageOf("m-exact")).toContain("Saved from a corrupt request body");
  expect(await pageOf("m-timed")).not.toContain("Saved from a corrupt request body");
  expect(await foundOf("m-exact")).toMatchObject({ salvaged: true });
  expect(await foundOf("m-timed")).not.toHaveProperty("salvaged");

  await dashboard.backend.queue(id).pause();
  await postTo(router, writeKey, `{"batch":[${JSON.stringify({ ...exact, messageId: "m-waits" })}`);
  expect(await pageOf("m-waits")).toContain("It waits in the queue");
  expect(await pageOf("m-waits")).toContain("Saved from a corrupt request body");
});
