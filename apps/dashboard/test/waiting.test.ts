import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { keys, startRouter } from "./router-for-tests.ts";

type Waiting = {
  where: string;
  state: string;
  explanation: string;
  tries?: number;
  nextTryAt?: string;
  jobsAhead: number;
  personMessagesAhead: number;
};
type Messages = { found: { state: string; waiting?: Waiting }[] };

test("F225 a message that waits says why on its page and in the API: state, tries, next try, what is ahead", async () => {
  const apiToken = "api-token-of-the-test-of-waiting";
  await using router = await startRouter({ apiToken });
  const { dashboard, sandbox, send } = router;
  const saved = await dashboard.store.create({
    name: "Shop",
    ...keys,
    region: "us",
    trackUrl: router.trackUrl,
  });
  if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
  const { id, writeKey } = saved.connection;
  const operator = await dashboard.operator();
  const headers = { authorization: `Bearer ${apiToken}` };
  const read = async () => {
    const response = await fetch(`${dashboard.url}/api/messages/last`, { headers });
    return response.ok ? ((await response.json()) as Messages).found[0] : undefined;
  };
  const page = async () => (await operator.get(`/message?connection=${id}&id=last`)).text;

  sandbox.faults.set({ faults: [{ path: "/api/v2/", status: 503 }] });
  for (const [messageId, userId] of [
    ["m1", "ann"],
    ["m2", "ben"],
    ["m3", "ann"],
    ["last", "ann"],
  ]) {
    await send(writeKey, "track", { messageId, userId, event: "Clicked" });
  }
  await waitFor(async () => (await read())?.waiting?.state === "retrying", { what: "retrying" });
  const { waiting } = (await read()) as { waiting: Waiting };
  expect(waiting).toMatchObject({ jobsAhead: 3, personMessagesAhead: 2 });
  expect(waiting.tries).toBeGreaterThan(0);
  expect(waiting.nextTryAt).toMatch(/^20\d\d-.*Z$/);
  expect(waiting.explanation).toContain("503");
  const retrying = await page();
  expect(retrying).toContain("Delivery is retried automatically");
  expect(retrying).toMatch(/Retrying \(\d+ tr(y|ies) since/);
  expect(retrying).toContain("3 jobs, and 2 messages of its person");

  await operator.submit(`/connections/${id}/pause`, {});
  await waitFor(async () => (await read())?.waiting?.state === "paused", { what: "the pause" });
  expect(await page()).toContain("They are delivered when you resume the connection");

  sandbox.faults.clear();
  await operator.submit(`/connections/${id}/resume`, {});
  await waitFor(async () => (await read())?.state === "delivered", { what: "delivery" });
  expect((await read())?.waiting).toBeUndefined();
  expect(await page()).not.toContain("Ahead of it");
});
