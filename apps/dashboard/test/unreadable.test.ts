import { waitFor } from "@customerio-router/fixtures";
import { readJobData } from "@customerio-router/messages";
import { keyPrefix } from "@customerio-router/redis";
import { expect, test } from "vitest";
import { input, startDashboard } from "./dashboard-for-tests.ts";

test("F79 pages and Bull Board show the others beside a waiting job that is no JSON, or has no usable id", async () => {
  await using dashboard = await startDashboard();
  const { id } = await dashboard.store.ensure(input());
  const operator = await dashboard.operator();
  const queue = dashboard.backend.queue(id);
  const message = { type: "track", messageId: "good", userId: "u", event: "Good" };
  const { id: broken } = await queue.add("broken", { entries: [] });
  await dashboard.redis.hset(`${keyPrefix}:{${id}}:${broken}`, "data", '{"entries":[{"mess');
  await queue.add("strange", { entries: [{ message: { ...message, messageId: { toString: 1 } } }] });
  await queue.add("good", { entries: [{ message }] });
  await waitFor(async () => (await operator.get("/queues/api/queues")).text.includes('"Shop"'), {
    what: "Bull Board to know the queue",
  });
  for (const path of [
    "/messages",
    `/message?connection=${id}&id=good`,
    "/messages?messageId=good",
    `/connections/${id}`,
    "/overview",
    "/failed",
    `/queues/api/queues?activeQueue=Shop&status=waiting&page=1&jobsPerPage=10`,
    `/queues/api/queues/Shop/${broken}`,
    "/api/messages/good",
  ]) {
    expect((await operator.get(path)).status, path).toBeLessThan(400);
  }
  expect((await operator.get("/messages")).text).toContain("Good");
  const board = await operator.get(
    "/queues/api/queues?activeQueue=Shop&status=waiting&page=1&jobsPerPage=10",
  );
  expect(
    JSON.parse(board.text)
      .queues[0].jobs.map(({ name }: { name: string }) => name)
      .toSorted(),
  ).toEqual(["broken", "good", "strange"]);
  expect((await operator.get(`/queues/api/queues/Shop/${broken}`)).text).toContain("mess");
});

/** Jobs as people add and edit them, each with one message. */
const call = { type: "track", messageId: "by-hand", userId: "u", event: "By hand", writeKey: "wk_secret" };
const byHand: [what: string, data: unknown][] = [
  ["a bare call", call],
  ["a bare call as `entries`", { entries: call }],
  ["a bare call among the entries", { entries: [call] }],
  ["an entry whose rejection is no rejection", { entries: [{ message: call, rejected: { reason: 7 } }] }],
];

test.each(byHand)("F79 pages and Bull Board read %s as the worker does", async (_, data) => {
  await using dashboard = await startDashboard();
  const { id } = await dashboard.store.ensure(input());
  const operator = await dashboard.operator();
  const queue = dashboard.backend.queue(id);
  expect(readJobData(data).entries).toEqual([{ message: call }]);
  const { id: jobId = "" } = await queue.add("by hand", data as never);
  const shown = async (path: string) => (await operator.get(path)).text;
  const board = (status: string) =>
    shown(`/queues/api/queues?activeQueue=Shop&status=${status}&page=1&jobsPerPage=10`);
  await waitFor(async () => (await board("waiting")).includes('"Shop"'), { what: "Bull Board's queue" });

  expect(await shown("/messages")).toContain(`data-message="${id} by-hand"`);
  expect(await shown(`/message?connection=${id}&id=by-hand`)).toContain("It waits in the queue");
  expect(await board("waiting")).toContain(`/message?connection=${id}&id=by-hand`);
  expect(await board("waiting")).toContain('"writeKey":"(hidden)"');
  expect(await board("waiting")).not.toContain("wk_secret");

  // As a job that was too large to be read: failed with its data as it was.
  const key = (suffix: string) => `${keyPrefix}:{${id}}:${suffix}`;
  await dashboard.redis.lrem(key("wait"), 1, jobId);
  await dashboard.redis.hset(key(jobId), { failedReason: "Failed unread", finishedOn: Date.now() });
  await dashboard.redis.zadd(key("failed"), Date.now(), jobId);
  expect(await shown("/failed")).toContain("Failed unread");
  expect(JSON.parse(await shown(`/failed/export?connection=${id}`))).toMatchObject({
    messageId: "by-hand",
    reason: "failed",
    received: call,
  });
  expect(await shown(`/message?connection=${id}&id=by-hand&job=${jobId}`)).toContain("Failed unread");
  expect(await board("failed")).not.toContain("wk_secret");
});
