import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { type Link, openSystem, secretKey } from "./system.ts";

test("F39 jobs of earlier shapes are delivered or fail with a reason, in order", async () => {
  await using system = await openSystem();
  const [{ queue, destination }] = system.links as [Link];
  const track = (event: string) => ({ type: "track", messageId: event, userId: "ann", event });
  await queue.add("track", track("bare") as never);
  await queue.add("2 messages", { entries: [{ message: track("one") }, { message: track("two") }] });
  await queue.add("messages", { entries: [track("without an entry")] } as never);
  await queue.add("unknown", { events: [track("nobody knows")] } as never);
  await addAsBullMq5("1000", track("by BullMQ 5"));
  await queue.add(
    "with options of old",
    { entries: [{ message: track("kept") }] },
    {
      attempts: 3,
      backoff: { type: "exponential", delay: 1_000 },
      removeOnComplete: true,
    },
  );
  const { process } = await system.startWorker();
  const { arrived } = destination;
  await waitFor(() => arrived.length === 6, {
    what: () => `all six, not ${JSON.stringify(arrived)}: ${process.output}`,
  });
  const names = ["bare", "one", "two", "without an entry", "by BullMQ 5", "kept"];
  expect(arrived.map(({ name }) => name)).toEqual(names);
  const failed = await waitFor(async () => (await queue.getFailed())[0], { what: "the unknown one to fail" });
  expect(failed.failedReason).toMatch(/type/);
  expect(await queue.getFailedCount()).toBe(1);

  /** The hash and the list entry that BullMQ 5 writes; it knows no `defa` and `stc`, and its ids may count up. */
  async function addAsBullMq5(id: string, data: object): Promise<void> {
    const key = (suffix: string) => queue.toKey(suffix);
    const now = String(Date.now());
    const fields = { name: "track", data: JSON.stringify(data), opts: '{"attempts":0}', timestamp: now };
    await system.client.hset(key(id), { ...fields, delay: "0", priority: "0" });
    await system.client.lpush(key("wait"), id);
  }
});

test("F39 messages wait while a worker with another SECRET_KEY refuses to start; one with the right key delivers them", async () => {
  await using system = await openSystem();
  const [{ queue, destination }] = system.links as [Link];
  await queue.add("track", { entries: [{ message: { type: "track", userId: "ann", event: "Kept" } }] });
  const refusal = await system.startWorker({ SECRET_KEY: "another secret key of over 32 characters" }).then(
    async ({ process }) => {
      expect((await process.exited).code).toBe(1);
      return process.output;
    },
    // It ended before anybody saw it listening.
    (error: Error) => error.message,
  );
  expect(refusal).toMatch(/SECRET_KEY is not the key .*rekey -- --lost/);
  expect(refusal).not.toContain(secretKey);
  expect(await queue.getWaitingCount()).toBe(1);
  await system.startWorker();
  await waitFor(() => destination.arrived.length === 1, { what: "the message" });
});
