import { createSandbox } from "@customerio-router/customerio-sandbox";
import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { type BullBoard, startDashboard } from "./dashboard.ts";
import { type Router, startRouter } from "./router.ts";
import { post } from "./send.ts";

test("a message that Customer.io rejected stands under failed with the reason; lifted, Retry delivers it", async () => {
  await using running = await startAll();
  const { router, board, sandboxUrl } = running;
  await put(`${sandboxUrl}/api/faults`, {
    faults: [{ names: ["Refused"], refuse: { message: "no such event" } }],
  });
  await track(router, "Refused");
  await track(router, "Taken");

  const failed = await failedJobs(board, 1);
  expect(failed.displayName ?? failed.name).toContain("Whole way");
  expect(failed.jobs[0]?.failedReason).toContain("no such event");
  await eventArrives(sandboxUrl, "Taken");

  await put(`${sandboxUrl}/api/faults`, { faults: [] });
  await board.retry(failed.name, failed.jobs[0]?.id ?? "");
  await eventArrives(sandboxUrl, "Refused");
  await failedJobs(board, 0);
});

test("a message of 200 KB in a batch stands rejected; the rest of the batch arrives", async () => {
  await using running = await startAll();
  const { router, board, sandboxUrl } = running;
  const large = { type: "track", userId: "ann", event: "Large", properties: { text: "x".repeat(200_000) } };
  const batch = [
    { type: "track", userId: "ann", event: "Before" },
    large,
    { type: "track", userId: "ann", event: "After" },
  ];
  const answer = await post(router, "/v1/batch", JSON.stringify({ batch }));
  expect(answer.status).toBe(200);

  await eventArrives(sandboxUrl, "Before");
  await eventArrives(sandboxUrl, "After");
  const { jobs } = await failedJobs(board, 1);
  expect(jobs[0]?.failedReason).toMatch(/131.?072|too large/i);
  expect(await eventNames(sandboxUrl)).not.toContain("Large");
});

test("what can never be taken gets a clear answer, and nothing else is lost by it", async () => {
  await using running = await startAll();
  const { router, sandboxUrl } = running;
  const call = { userId: "ann", event: "Fine" };

  const wrongKey = await post({ ...router, writeKey: "wrong" }, "/v1/track", JSON.stringify(call));
  expect([wrongKey.status, await wrongKey.json()]).toMatchObject([
    401,
    { error: { reason: "unknown-write-key" } },
  ]);

  const malformed = await post(router, "/v1/track", '{"userId":');
  expect([malformed.status, await malformed.json()]).toMatchObject([400, { success: false }]);

  const huge = await post(router, "/v1/batch", JSON.stringify({ batch: [], padding: "x".repeat(5_000_000) }));
  expect([huge.status, await huge.json()]).toMatchObject([400, { error: { limit: expect.any(Number) } }]);

  await track(router, "Fine");
  await eventArrives(sandboxUrl, "Fine");
  expect(await eventNames(sandboxUrl)).toEqual(["Fine"]);
});

async function startAll() {
  await using opening = new AsyncDisposableStack();
  const sandbox = await createSandbox();
  opening.defer(() => sandbox.close());
  const sandboxUrl = await sandbox.start();
  const [keys] = sandbox.keys;
  if (!keys) throw new Error("the sandbox accepts no keys");
  const router = opening.use(await startRouter({ trackUrl: sandboxUrl, keys }));
  const board = opening.use(await startDashboard(router));
  const opened = opening.move();
  return { sandboxUrl, router, board, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

async function track(router: Router, event: string): Promise<void> {
  const answer = await post(router, "/v1/track", JSON.stringify({ userId: "ann", event }));
  expect(answer.status).toBe(200);
}

async function put(url: string, body: object): Promise<void> {
  const answer = await fetch(url, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
}

async function eventNames(sandboxUrl: string): Promise<string[]> {
  const answer = await fetch(`${sandboxUrl}/api/activity?type=Event&order=oldest`);
  const { activity } = (await answer.json()) as { activity: { name: string }[] };
  return activity.map(({ name }) => name);
}

async function eventArrives(sandboxUrl: string, name: string): Promise<void> {
  await waitFor(async () => (await eventNames(sandboxUrl)).includes(name), { what: `the event ${name}` });
}

/** The connection's queue, once it has that many failed jobs. */
async function failedJobs(board: BullBoard, count: number) {
  let seen = "";
  return waitFor(
    async () => {
      const queues = await board.listQueues("failed");
      seen = JSON.stringify(queues.map(({ name, counts }) => ({ name, counts })));
      return queues.find(({ counts }) => counts.failed === count);
    },
    { what: () => `${count} failed jobs in Bull Board, which shows ${seen}` },
  );
}
