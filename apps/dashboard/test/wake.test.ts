import { startProcess, waitFor } from "@customerio-router/fixtures";
import { listenForWake } from "@customerio-router/queue";
import { connectRedis } from "@customerio-router/redis";
import { expect, test } from "vitest";
import { input, secretKey, startDashboard } from "./dashboard-for-tests.ts";
import { failNext } from "./fail-next.ts";

const apiToken = "a token of the tests";

type Kind = "waiting" | "delayed" | "failed";

/** A dashboard with two connections, and a worker's ear: the names of the connections it was called to, in order. */
async function start() {
  await using opening = new AsyncDisposableStack();
  const dashboard = opening.use(await startDashboard({ apiToken }));
  const { id } = await dashboard.store.ensure(input());
  const { id: otherId } = await dashboard.store.ensure(input({ name: "Other", writeKey: "other" }));
  const worker = connectRedis({ url: dashboard.server.url, profile: "consumer" });
  opening.defer(() => worker.disconnect());
  const calls: string[] = [];
  let isListening = false;
  const wakes = listenForWake(worker, (connectionId) => {
    if (connectionId === undefined) isListening = true;
    else calls.push(connectionId === otherId ? "Other" : "Shop");
  });
  opening.defer(() => wakes.close());
  await waitFor(() => isListening, { what: "the subscription" });
  const operator = await dashboard.operator();
  const shownQueues = async () => JSON.parse((await operator.get("/queues/api/queues")).text).queues;
  await waitFor(async () => (await shownQueues()).length === 2, { what: "Bull Board to know both" });
  const opened = opening.move();

  /** Gives the job's id. */
  async function add(kind: Kind): Promise<string> {
    const options = kind === "delayed" ? { delay: 60_000 } : {};
    const added = await dashboard.backend.queue(id).add("track", { entries: [] }, options);
    if (kind !== "failed") return added.id ?? "";
    return await failNext(dashboard.redis, id, "refused");
  }

  return {
    dashboard,
    operator,
    calls,
    id,
    add,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** What a person does in Bull Board, the job it takes, and what is sent. */
const doings: [what: string, job: Kind, method: string, path: string, json?: object][] = [
  ["retries a job", "failed", "PUT", ":job/retry"],
  ["retries all", "failed", "PUT", "retry/failed"],
  ["promotes a job", "delayed", "PUT", ":job/promote"],
  ["promotes all", "delayed", "PUT", "promote"],
  ["edits a job", "waiting", "PATCH", ":job/update-data", { jobData: {} }],
  ["removes a job", "waiting", "PUT", ":job/clean"],
  ["cleans failed ones", "failed", "PUT", "clean/failed"],
  ["empties the queue", "waiting", "PUT", "empty"],
  ["adds a job", "waiting", "POST", "add", { name: "by hand", data: {}, options: {} }],
  ["pauses", "waiting", "PUT", "pause"],
  ["resumes", "waiting", "PUT", "resume"],
];

test("whoever owns a connection is called at once to what a person does in Bull Board, and to nothing else", async () => {
  await using setting = await start();
  const { operator, calls, add } = setting;
  const send = (method: string, path: string, json?: object) =>
    operator.send(method, `/queues/api/queues/${path}`, json && { json });
  for (const [what, kind, method, path, json] of doings) {
    const job = await add(kind);
    await operator.get("/queues/api/queues?activeQueue=Shop");
    expect((await send("PUT", "Shop/no-such-job/retry")).status).toBe(404);
    expect((await send(method, `Shop/${path.replace(":job", job)}`, json)).status, what).toBeLessThan(300);
    await waitFor(() => calls.length > 0, { what: `a call when somebody ${what}` });
    expect(calls.splice(0), what).toEqual(["Shop"]);
  }
  await send("PUT", "resume");
  await waitFor(() => calls.length === 2, { what: "calls to all" });
  expect(calls.toSorted()).toEqual(["Other", "Shop"]);
});

test("and to a retry on the page of what failed, and to a connection resumed by page, API or command", async () => {
  await using setting = await start();
  const { dashboard, operator, calls, id, add } = setting;
  const authorization = `Bearer ${apiToken}`;
  const resume = async () => {
    const env = { REDIS_URL: dashboard.server.url, SECRET_KEY: secretKey };
    const args = ["connections", "resume", "Shop"];
    await using command = await startProcess({ entry: "apps/cli/src/main.ts", args, env });
    await command.exited;
  };
  const acts = [
    async () => operator.submit("/failed/retry", { connection: id, job: await add("failed") }),
    () => operator.submit(`/connections/${id}/resume`, {}),
    () => dashboard.visitor().send("POST", `/api/connections/${id}/resume`, { headers: { authorization } }),
    resume,
  ];
  for (const [index, act] of acts.entries()) {
    await act();
    await waitFor(() => calls.length > index, { what: `call ${index + 1}` });
  }
  expect(calls).toEqual(acts.map(() => "Shop"));
});
