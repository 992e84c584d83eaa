import { createRuleStore } from "@customerio-router/connections";
import type { Entry } from "@customerio-router/messages";
import { recount } from "@customerio-router/queue";
import { readLedger } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { input, startDashboard } from "./dashboard-for-tests.ts";
import { failNext } from "./fail-next.ts";

const refused = { reason: "refused-by-customerio", message: "Customer.io rejected it: no such event" };
const noName = { reason: "no-name", message: "`event` is missing.", field: "event" };
const tooLarge = { reason: "message-too-large", message: "It is too large." };

function entry(messageId: string, more: Partial<Entry> = {}, event: string | undefined = "Clicked"): Entry {
  return { message: { type: "track", messageId, userId: "u1", event }, ...more };
}

/** A job of five messages that failed for several reasons. */
async function start(options: Parameters<typeof startDashboard>[0] = {}) {
  const dashboard = await startDashboard(options);
  const { redis, backend } = dashboard;
  const { id } = await dashboard.store.ensure(input());
  const entries = [
    entry("m1", { rejected: refused }),
    entry("m2", { rejected: refused }, "Bought"),
    { message: { type: "track", messageId: "m3", userId: "u1" }, rejected: noName },
    entry("m4", { rejected: tooLarge, cut: true }),
    entry("m5", { rejected: refused }),
  ];
  await backend.queue(id).add("track", { entries });
  const job = await failNext(redis, id, refused.message);
  await recount(redis, id);
  const queue = backend.queue(id);
  const idsOf = async (state: "failed" | "waiting") =>
    (await queue.getJobs([state])).map(({ data }) => data.entries.map(({ message }) => idOf(message)));
  const total = async () => (await readLedger(redis, id, { by: "reason" })).total;
  return { dashboard, redis, id, job, queue, idsOf, total, operator: await dashboard.operator() };
}

function idOf(message: unknown): string {
  return (message as { messageId: string }).messageId;
}

test("F305 of a job that failed for several reasons, a retry takes the messages meant and no others, and the ledger adds up", async () => {
  const { dashboard, redis, id, operator, idsOf, total, queue } = await start();
  await using _ = dashboard;
  const before = await total();
  const { text } = await operator.get("/failed");
  const group = /failed\/group[^"]*group=([\w-]+)">Customer.io rejected/.exec(text)?.[1] ?? "";
  const { location } = await operator.submit("/failed/retry", {
    connection: id,
    group,
    event: "track Clicked",
  });
  expect((await operator.get(location ?? "")).text).toContain("Retrying 2 messages.");
  expect(await idsOf("waiting")).toEqual([["m1", "m5"]]);
  expect(await idsOf("failed")).toEqual([["m2", "m3", "m4"]]);
  expect(await recount(redis, id)).toBe(true);
  expect(await total()).toEqual(before);

  // The retried job is taken and fails again: nothing was counted twice.
  await failNext(redis, id, refused.message);
  await recount(redis, id);
  expect(await total()).toEqual(before);
  expect(await queue.getFailedCount()).toBe(2);
});

test("F306 what is discarded is asked about first, counts as removed, and the rest of its job stays", async () => {
  const { dashboard, redis, id, operator, idsOf, total } = await start({ readOnlyPassword: "only looking" });
  await using _ = dashboard;
  const before = await total();
  const reader = dashboard.visitor();
  await reader.submit("/login", { password: "only looking" });
  const fields = { connection: id, event: "track Clicked" };
  expect((await reader.submit("/failed/discard", fields)).status).toBe(403);
  const asked = await operator.get(`/failed/discard?${new URLSearchParams(fields)}`);
  expect(asked.text).toContain("Discard 3 messages?");
  expect(await idsOf("failed")).toHaveLength(1);

  const { location } = await operator.submit("/failed/discard", fields);
  expect((await operator.get(location ?? "")).text).toContain("3 messages discarded.");
  expect(await idsOf("failed")).toEqual([["m2", "m3"]]);
  expect(await recount(redis, id)).toBe(true);
  expect(await total()).toEqual({ ...before, rejected: before.rejected - 3, removed: before.removed + 3 });
  const future = { connection: id, from: "2999-01-01T00:00" };
  expect((await operator.submit("/failed/discard", future)).location).toContain("discarded=0");
});

test("F307 a message that was edited by hand in its job is left, and that is said", async () => {
  const { dashboard, id, operator, idsOf, queue, job } = await start();
  await using _ = dashboard;
  const found = await queue.getJob(job);
  await found?.updateData({
    entries: [entry("m1", { rejected: refused }), entry("m9", { rejected: noName })],
  });
  const { text } = await operator.get("/failed");
  const group = /failed\/group[^"]*group=([\w-]+)">Customer.io rejected/.exec(text)?.[1] ?? "";
  const { location } = await operator.submit("/failed/retry", { connection: id, group });
  expect((await operator.get(location ?? "")).text).toContain("1 message stayed: a person edited their job");
  expect(await idsOf("failed")).toEqual([["m1", "m9"]]);
});

test("a rejected message has Retry, Edit and send, and Discard beside its reason, and no Retry where it cannot pass", async () => {
  const { dashboard, redis, id, job, operator, idsOf, total } = await start();
  await using _ = dashboard;
  const before = await total();
  const page = async (messageId: string) =>
    (await operator.get(`/message?${new URLSearchParams({ connection: id, id: messageId, job })}`)).text;
  expect(await page("m1")).toMatch(/<button>Retry[\s\S]*Discard[\s\S]*Edit and send/);
  const noEvent = await page("m3");
  expect(noEvent).toContain("There is no Retry");
  expect(noEvent).not.toContain("<button>Retry");
  const cut = await page("m4");
  expect(cut).toContain("can never be sent");
  expect(cut).not.toMatch(/<button>Retry|Edit and send/);

  // A rule that names the event lets it pass.
  await createRuleStore({ redis }).put(id, {
    version: 0,
    rules: [{ name: "Name", then: { set: { field: "event", value: "Named" } } }],
  });
  expect(await page("m3")).toContain("<button>Retry");

  const of = { connection: id, job, id: "m3" };
  const edit = (message: object, action: string) =>
    operator.submit("/failed/edit", { ...of, message: JSON.stringify(message), action });
  expect((await edit({ type: "track" }, "send")).status).toBe(422);
  const corrected = { type: "track", messageId: "m3", userId: "u1", event: "Bought <b>" };
  const shown = await edit(corrected, "show");
  expect(shown.text).toContain("As mapped for Customer.io");
  expect(await idsOf("waiting")).toEqual([]);
  const sent = await edit(corrected, "send");
  expect(sent.location).toMatch(/^\/message\?/);
  expect((await operator.get(sent.location ?? "")).text).toContain("Bought &lt;b&gt;");
  expect(await idsOf("waiting")).toEqual([["m3"]]);
  expect(await total()).toEqual(before);
  await failNext(redis, id, "again");
  await recount(redis, id);
  expect(await total()).toEqual(before);
});
