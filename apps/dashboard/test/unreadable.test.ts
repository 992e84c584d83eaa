import { waitFor } from "@customerio-router/fixtures";
import { queuePrefix } from "@customerio-router/queue";
import { expect, test } from "vitest";
import { input, startDashboard } from "./dashboard-for-tests.ts";

test("F79 pages and Bull Board show the others beside a waiting job that is no JSON, or has no usable id", async () => {
  await using dashboard = await startDashboard();
  const { id } = await dashboard.store.ensure(input());
  const operator = await dashboard.operator();
  const queue = dashboard.backend.queue(id);
  const message = { type: "track", messageId: "good", userId: "u", event: "Good" };
  const { id: broken } = await queue.add("broken", { entries: [] });
  await dashboard.redis.hset(`${queuePrefix}:{${id}}:${broken}`, "data", '{"entries":[{"mess');
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
