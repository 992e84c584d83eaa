import { createConnectionStore } from "@customerio-router/connections";
import { freePort, startProcess, waitFor } from "@customerio-router/fixtures";
import { readStatus } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { secretKey } from "./dashboard-for-tests.ts";
import { keys, type RouterForTests, startRouter } from "./router-for-tests.ts";

async function connect({ dashboard, trackUrl }: RouterForTests, more: object = {}) {
  const saved = await dashboard.store.create({ name: "Shop", ...keys, region: "us", trackUrl, ...more });
  if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
  return saved.connection;
}

const delivered = async ({ sandbox }: RouterForTests, name: string) =>
  (await (await fetch(`${sandbox.url}/api/activity`)).text()).includes(name);

test("F3: after a kill -9 of the dashboard intake and delivery go on", async () => {
  await using router = await startRouter();
  const { writeKey } = await connect(router);
  const port = await freePort();
  await using dashboard = await startProcess({
    entry: "apps/dashboard/src/main.ts",
    env: { ...router.env, DASHBOARD_PORT: String(port) },
    ready: new URL(`http://127.0.0.1:${port}/readyz`),
  });
  await dashboard.kill("SIGKILL");
  expect((await router.send(writeKey, "track", { userId: "u", event: "After the kill" })).status).toBe(200);
  await waitFor(() => delivered(router, "After the kill"), { what: "delivery without a dashboard" });
});

test("F34: no secret is in logs, Redis, Bull Board, metrics, pages or the API, whatever goes wrong", async () => {
  const secrets = {
    apiKey: "track-key-of-the-scan",
    brokenApiKey: "another-key-of-the-scan",
    password: "password-of-the-scan",
    readOnlyPassword: "read-only-of-the-scan",
    apiToken: "api-token-of-the-scan",
    loginCode: "login-code-of-the-scan",
  };
  const { password, readOnlyPassword, apiToken, loginCode } = secrets;
  await using router = await startRouter({ password, readOnlyPassword, apiToken, loginCode, secretKey });
  const { dashboard, send } = router;
  const operator = dashboard.visitor();
  await operator.submit("/login", { password });
  const form = { siteId: "site-1", region: "us", trackUrl: router.trackUrl, unchecked: "on" };
  // Refused keys, a destination that is away, and one that repeats what it was sent.
  await operator.submit("/connections", { name: "Refused", apiKey: secrets.apiKey, ...form });
  await operator.submit("/connections", {
    ...form,
    name: "Away",
    apiKey: secrets.brokenApiKey,
    trackUrl: "http://127.0.0.1:9",
  });
  await operator.submit("/connections", { name: "", apiKey: secrets.apiKey, ...form });
  const echo = await echoingServer();
  await using _ = echo;
  await operator.submit("/connections", {
    ...form,
    name: "Echo",
    apiKey: secrets.apiKey,
    trackUrl: echo.url,
  });
  const connections = await dashboard.store.list();
  const keys = connections.flatMap(({ writeKey }) => writeKey ?? []);
  expect(keys).toHaveLength(3);
  for (const writeKey of keys) {
    await send(writeKey, "track", { userId: "u", event: "Scanned", writeKey });
    await send(writeKey, "batch", { writeKey, batch: [{ type: "track", event: "No user", writeKey }] });
  }
  await send("wk_guessed", "track", { userId: "u", event: "Guessed" });
  const states = async () =>
    (await Promise.all(connections.map(({ id }) => readStatus(dashboard.redis, id)))).map(
      (status) => status?.state ?? "active",
    );
  await waitFor(async () => !(await states()).includes("active"), { what: "all three to be in trouble" });

  const pages = [
    "/",
    "/overview",
    "/messages",
    "/failed",
    "/try",
    "/queues",
    "/api/connections",
    "/api/overview",
  ];
  for (const { id, name } of connections) {
    pages.push(`/connections/${id}`, `/connections/${id}/edit`, `/failed/export?connection=${id}`);
    pages.push(`/queues/api/queues?activeQueue=${name}&page=1&jobsPerPage=10`);
  }
  const texts = await Promise.all(pages.map(async (path) => (await operator.get(path)).text));
  const redis = await dumpRedis(dashboard.redis);
  const everything = [
    ...texts,
    redis.all,
    dashboard.log,
    router.intake.output,
    router.worker.output,
    await router.readMetrics(),
  ].join("\n");
  for (const secret of [...Object.values(secrets), secretKey]) expect(everything).not.toContain(secret);
  const basic = Buffer.from(`site-1:${secrets.apiKey}`).toString("base64");
  expect(everything).not.toContain(basic);
  // Write keys grant no more than sending, and yet logs, jobs and records have none.
  for (const { writeKey } of connections) {
    expect([redis.jobs, dashboard.log, router.intake.output, router.worker.output].join()).not.toContain(
      writeKey,
    );
  }
});

/** Worker and dashboard, started with another SECRET_KEY, say so and end. */
async function expectRefusals({ env }: RouterForTests, newSecretKey: string): Promise<void> {
  const ports = { WORKER_PORT: "0", DASHBOARD_PORT: "0" };
  for (const app of ["worker", "dashboard"]) {
    await using refusing = await startProcess({
      entry: `apps/${app}/src/main.ts`,
      env: { ...env, ...ports, SECRET_KEY: newSecretKey },
    });
    expect((await refusing.exited).code).toBe(1);
    expect(refusing.output).toMatch(/SECRET_KEY is not the key .* REDIS_PREFIX.*rekey -- --lost/);
  }
}

async function runRekey({ env }: RouterForTests, more: Record<string, string>, ...args: string[]) {
  await using command = await startProcess({
    entry: "apps/cli/src/main.ts",
    args: ["rekey", ...args],
    env: { ...env, ...more },
  });
  return [(await command.exited).code, command.output];
}

const newSecretKey = "another secret key, of 32 characters and more";

test("F39: a worker or dashboard with another SECRET_KEY refuses to start and says both ways out; rekey mends it", async () => {
  await using router = await startRouter();
  const { dashboard, worker } = router;
  const { id, writeKey } = await connect(router);
  await router.send(writeKey, "track", { userId: "u", event: "Before" });
  await waitFor(() => delivered(router, "Before"), { what: "the first message" });
  await worker.kill("SIGTERM");
  await expectRefusals(router, newSecretKey);
  await router.send(writeKey, "track", { userId: "u", event: "Meanwhile" });

  const rekey = () => runRekey(router, { OLD_SECRET_KEY: secretKey, SECRET_KEY: newSecretKey });
  expect(await rekey()).toEqual([
    0,
    expect.stringContaining("1 API keys encrypted with the new SECRET_KEY, 0 already were."),
  ]);
  expect(await rekey()).toEqual([
    0,
    expect.stringContaining("0 API keys encrypted with the new SECRET_KEY, 1 already were."),
  ]);
  await using again = await router.startWorker({ SECRET_KEY: newSecretKey });
  await waitFor(() => delivered(router, "Meanwhile"), { what: "what waited" });
  await waitFor(async () => (await readStatus(dashboard.redis, id))?.state === "active", {
    what: "its status",
  });
  expect(again.running).toBe(true);
});

test("F109 after SECRET_KEY was lost everything but the API keys is kept, and delivery goes on when they are entered", async () => {
  await using router = await startRouter();
  const { dashboard, worker } = router;
  const { id, writeKey } = await connect(router);
  await worker.kill("SIGTERM");
  await router.send(writeKey, "track", { userId: "u", event: "Waiting" });
  await expectRefusals(router, newSecretKey);
  const lost = { SECRET_KEY: newSecretKey };
  expect(await runRekey(router, lost, "--help")).toEqual([0, expect.stringContaining("--lost")]);
  expect(await runRekey(router, lost, "--loss")).toEqual([
    1,
    expect.stringContaining("Did you mean --lost?"),
  ]);
  const answer = [
    0,
    expect.stringMatching(/1 API keys deleted; everything else is unchanged\.(.|\n)*\n {2}Shop\n/),
  ];
  expect(await runRekey(router, lost, "--lost")).toEqual(answer);
  expect(await runRekey(router, lost, "--lost")).toEqual([0, expect.stringContaining("0 API keys deleted")]);

  await using again = await router.startWorker(lost);
  await waitFor(async () => (await readStatus(dashboard.redis, id))?.state === "no-key", {
    what: "the connection to need attention",
  });
  const { text } = await (await dashboard.operator()).get(`/connections/${id}`);
  expect(text).toContain("No API Key is stored for this connection: enter it.");
  const store = createConnectionStore({
    redis: dashboard.redis,
    secretKey: newSecretKey,
    allowCustomTrackUrl: true,
  });
  await store.update(id, { apiKey: keys.apiKey });
  await waitFor(() => delivered(router, "Waiting"), { what: "what waited" });
  expect(again.running).toBe(true);
});

test("F101 the loss of Redis's data and its end are shown by dashboard and worker", async () => {
  const workerPort = await freePort();
  await using router = await startRouter();
  const { dashboard } = router;
  await using _worker = await router.startWorker({ WORKER_PORT: String(workerPort) });
  const { writeKey } = await connect(router);
  await waitFor(async () => (await router.send(writeKey, "track", { userId: "u", event: "Before" })).ok, {
    what: "the connection to be known",
  });
  const operator = await dashboard.operator();
  const shown = async () => [
    (await operator.get("/")).text,
    await (await fetch(`${dashboard.url}/readyz`)).text(),
    await (await fetch(`http://127.0.0.1:${workerPort}/readyz`)).text(),
  ];
  const says = (text: string) => text.includes("Redis lost its data");
  await dashboard.redis.flushall();
  await waitFor(async () => (await shown()).every(says), { what: "the loss to be shown" });
  expect((await router.send(writeKey, "track", { userId: "u", event: "Meanwhile" })).status).toBe(200);
  await connect(router, { writeKey });
  await waitFor(() => delivered(router, "Meanwhile"), { what: "what was kept" });
  await waitFor(async () => !(await shown()).some(says), { what: "the end of the loss to be shown" });
});

test("a connection deleted with a request in flight leaves nothing behind, and the worker no complaint", async () => {
  await using router = await startRouter();
  const { dashboard, sandbox, send } = router;
  const { id, writeKey } = await connect(router);
  sandbox.faults.set({ faults: [{ latencyMs: 1_500 }] });
  await send(writeKey, "track", { userId: "u", event: "In flight" });
  const queue = dashboard.backend.queue(id);
  await waitFor(async () => (await queue.getActiveCount()) === 1, { what: "a job in flight" });
  const operator = await dashboard.operator();
  await operator.submit(`/connections/${id}/remove`, {});
  const left = async () => (await dashboard.redis.keys(`*{${id}}*`)).filter((key) => !key.includes(":gone:"));
  // The request in flight ends after 1.5 s, and what is counted is written once a second.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  await waitFor(async () => (await left()).length === 0, {
    what: "everything to be forgotten",
  });
  expect(router.worker.output).not.toMatch(/"level":"(warn|error|fatal)".*trouble/);
});

/** Answers 401 with the request's own headers and body in it, as error pages of proxies do. */
async function echoingServer() {
  const { createServer } = await import("node:http");
  const server = createServer((request, reply) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      reply.writeHead(401, { "content-type": "application/json" });
      reply.end(JSON.stringify({ error: JSON.stringify(request.headers) + body }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Every value in Redis as text; `jobs` are those of queues and records. */
async function dumpRedis(redis: RouterForTests["dashboard"]["redis"]) {
  const readers: { [type: string]: (key: string) => Promise<unknown> } = {
    string: (key) => redis.get(key),
    hash: (key) => redis.hgetall(key),
    list: (key) => redis.lrange(key, 0, -1),
    set: (key) => redis.smembers(key),
    zset: (key) => redis.zrange(key, 0, -1),
    stream: (key) => redis.xrange(key, "-", "+"),
  };
  const all: string[] = [];
  const jobs: string[] = [];
  for (const key of await redis.keys("*")) {
    const text = `${key} ${JSON.stringify(await readers[await redis.type(key)]?.(key))}`;
    all.push(text);
    if (!key.includes("{connections}")) jobs.push(text);
  }
  return { all: all.join("\n"), jobs: jobs.join("\n") };
}
