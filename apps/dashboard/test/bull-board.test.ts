import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { keys, startRouter } from "./router-for-tests.ts";

/** A router whose connection is paused, an operator, and the names of what arrived, oldest first. */
async function start() {
  const router = await startRouter();
  const { dashboard, sandbox, trackUrl } = router;
  const saved = await dashboard.store.create({ name: "Shop", ...keys, region: "us", trackUrl });
  if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
  const { id, writeKey } = saved.connection;
  const operator = await dashboard.operator();
  const shop = "/queues/api/queues/Shop";
  await waitFor(async () => (await operator.send("PUT", `${shop}/pause`)).status === 200, {
    what: "Bull Board to know the queue",
  });
  return {
    router,
    operator,
    shop,
    queue: dashboard.backend.queue(id),
    /** Sends a track, and waits until it is in Redis: a Redis that was slow gets it from the spool. */
    async track(event: string) {
      expect((await router.send(writeKey, "track", { userId: "u", event })).status).toBe(200);
      await waitFor(async () => /^customerio_router_spool_messages 0$/m.test(await router.readMetrics()), {
        what: "the spool to be empty",
      });
    },
    async arrived() {
      const answer = await fetch(`${sandbox.url}/api/activity`);
      const { activity } = (await answer.json()) as { activity: { type: string; name: string }[] };
      return activity.map(({ name }) => name).toReversed();
    },
  };
}

test("what is edited, removed and added in Bull Board while a queue is paused is what arrives, in the order that stands", async () => {
  const { router, operator, shop, queue, track, arrived } = await start();
  await using _ = router;
  for (const event of ["One", "Two", "Three"]) await track(event);
  const [three, two, one] = await queue.getJobs(["waiting"]);
  const edited = { entries: [{ message: { type: "track", userId: "u", event: "One, edited" } }] };
  await operator.send("PATCH", `${shop}/${one?.id}/update-data`, { json: { jobData: edited } });
  await operator.send("PUT", `${shop}/${two?.id}/clean`);
  const add = (data: object) =>
    operator.send("POST", `${shop}/add`, { json: { name: "by hand", data, options: {} } });
  expect((await add({ type: "track", userId: "u", event: "Added" })).status).toBe(200);
  await add({ type: "track", userId: "u" });
  expect(three).toBeDefined();
  expect(await arrived()).toEqual([]);
  await operator.send("PUT", `${shop}/resume`);
  await waitFor(async () => (await arrived()).includes("Added"), { what: "the job added by hand" });
  expect(await arrived()).toEqual(["One, edited", "Three", "Added"]);
  await waitFor(async () => (await queue.getFailedCount()) === 1, { what: "what is no call to fail" });
});

test("a job retried in Bull Board goes behind what waits; what is completed is drawn over time", async () => {
  const { router, operator, shop, queue, track, arrived } = await start();
  await using _ = router;
  router.sandbox.faults.set({ faults: [{ names: ["Late"], refuse: {} }] });
  await operator.send("PUT", `${shop}/resume`);
  await track("Late");
  await waitFor(async () => (await queue.getFailedCount()) === 1, { what: "a failed job" });
  router.sandbox.faults.clear();
  await operator.send("PUT", `${shop}/pause`);
  await track("Early");
  const [failed] = await queue.getJobs(["failed"]);
  expect((await operator.send("PUT", `${shop}/${failed?.id}/retry`)).status).toBeLessThan(300);
  await operator.send("PUT", `${shop}/resume`);
  await waitFor(async () => (await arrived()).length === 2, { what: "both" });
  expect(await arrived()).toEqual(["Early", "Late"]);
  await waitFor(async () => (await queue.getCompletedCount()) === 2, { what: "both to be completed" });
  const metrics = JSON.parse((await operator.get(`${shop}/metrics`)).text);
  expect(JSON.stringify(metrics)).toMatch(/"count":2/);
});
