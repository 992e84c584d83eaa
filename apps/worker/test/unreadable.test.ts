import { waitFor } from "@customerio-router/fixtures";
import { wake } from "@customerio-router/queue";
import { keyPrefix } from "@customerio-router/redis";
import { expect, test } from "vitest";
import { openSetting } from "./setting.ts";

const good = (event: string) => ({ type: "track", messageId: event, userId: "a", event });

test("F78 a job without messages completes at once, and the others of its connection go on", async () => {
  const { destination, queue, startWorker, track } = await openSetting();
  const empty = await queue.add("x", { entries: [] });
  startWorker();
  await track(["a"]);
  await waitFor(() => destination.visible().length === 1, { what: "the other one" });
  await waitFor(async () => (await queue.getJobState(empty.id ?? "")) === "completed", {
    what: "the empty one to complete",
  });
  expect((await queue.getJob(empty.id ?? ""))?.returnvalue).toEqual({ delivered: 0 });
  await waitFor(async () => (await queue.getActiveCount()) === 0, { what: "nothing to be left active" });
});

test("F78 a job that is no JSON fails alone, with its id in the log, and can be corrected and retried", async () => {
  const { client, connection, destination, log, queue, startWorker, track } = await openSetting();
  const { id = "" } = await queue.add("x", { entries: [] });
  await client.hset(`${keyPrefix}:{${connection.id}}:${id}`, "data", '{"entries":[{"mess');
  await track(["a", "b"]);
  startWorker();
  await waitFor(() => destination.visible().length === 2, { what: "the others" });
  await waitFor(async () => (await queue.getJobState(id)) === "failed", { what: "it to fail" });
  const failed = await queue.getJob(id);
  expect(failed?.failedReason).toMatch(new RegExp(`data of job ${id} is not JSON`));
  expect(log.join("")).toContain(`data of job ${id} is not JSON`);
  expect(await queue.getFailedCount()).toBe(1);
  await failed?.updateData({ entries: [{ message: good("Corrected") }] });
  await failed?.retry();
  await wake(client, connection.id);
  await waitFor(() => destination.visible().some(({ name }) => name === "Corrected"), {
    what: "the corrected one",
  });
});

test('F78 a messageId of {"toString":1} holds up nobody: its message is delivered as one without an id', async () => {
  const { destination, queue, startWorker, track } = await openSetting();
  const strange = { ...good("Strange"), messageId: { toString: 1 } };
  const { id = "" } = await queue.add("x", { entries: [{ message: strange }, { message: good("First") }] });
  await track(["a"]);
  startWorker();
  await waitFor(() => destination.visible().length === 3, { what: "all of them" });
  await waitFor(async () => (await queue.getJobState(id)) === "completed", { what: "it to complete" });
  expect(destination.visible().map(({ name }) => name)).toEqual(["Strange", "First", "E0"]);
  expect(await queue.getFailedCount()).toBe(0);
});
