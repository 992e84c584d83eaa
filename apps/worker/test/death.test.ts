import { freePort, startFaultProxy, waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { disposed, openSetting } from "./setting.ts";

const group = (plan: string) => ({
  message: { type: "group", messageId: plan, userId: "a", groupId: "acme", traits: { plan } },
});

/**
 * A job of two calls about one object: the first is rejected, the second is taken. The owner is cut off from Redis for good
 * once so many bytes have passed after that, which for some of these numbers is in the midst of settling.
 */
async function cutOffAfter(bytes: number) {
  const { connection, destination, enqueuer, queue, redis, startWorker } = await openSetting();
  const proxy = disposed(await startFaultProxy({ targetPort: redis.port }));
  const nowhere = await freePort();
  let isCut = false;
  destination.reply = ({ items }) => {
    if (items[0]?.attributes?.plan === "free") return { status: 400, body: { errors: [] } };
    if (!isCut) {
      isCut = true;
      proxy.retarget(nowhere);
      proxy.resetAfter(bytes);
    }
    return undefined;
  };
  await enqueuer.enqueue(connection.id, [group("free"), group("pro")]);
  startWorker({ redisPort: proxy.port });
  await waitFor(() => isCut, { what: "the second call", timeoutMs: 20_000 });
  startWorker();
  await waitFor(async () => (await queue.getFailedCount()) === 1, {
    what: "the job to be settled",
    timeoutMs: 30_000,
  });
  const [failed] = await queue.getFailed();
  // So that the former owner can stop.
  proxy.retarget(redis.port);
  await proxy.heal();
  return {
    plans: destination.received.flatMap(({ items }) => items.map(({ attributes }) => attributes?.plan)),
    left: failed?.data.entries.map(({ message }) => (message as { messageId: string }).messageId),
  };
}

test("F76 an owner that dies in the midst of settling has no rejected call sent again after its successor", {
  timeout: 120_000,
}, async () => {
  const bytes = [1, 200, 400, 600, 800, 1_000, 1_300, 1_600];
  for (const { plans, left } of await Promise.all(bytes.map(cutOffAfter))) {
    // "pro" may come again, where its answer could not be written; "free" never comes after it.
    expect(plans.lastIndexOf("free")).toBeLessThan(plans.indexOf("pro"));
    expect(left).toEqual(["free"]);
  }
});
