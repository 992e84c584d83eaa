import { freePort, type Redis, startProcess, startRedis, waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { sendNumbered } from "./send.ts";
import { clean, type Link, openSystem, secretKey } from "./system.ts";

const persons = ["a", "b", "c", "d"];

const faults: [string, (redis: Redis, fill: () => Promise<unknown>) => Promise<unknown>][] = [
  ["gone", (redis) => redis.kill("SIGKILL")],
  ["frozen", async (redis) => redis.freeze()],
  ["full", (_, fill) => fill()],
];

test.each(faults)(
  "F75 told to stop while Redis is %s, every process exits 0 in its time, and nothing is lost",
  {
    timeout: 120_000,
  },
  async (_, befall) => {
    await using redis = await startRedis();
    await using system = await openSystem({ redis, settings: { batchOperations: 5, inFlight: 2 } });
    const [link] = system.links as [Link];
    const { destination, ledger } = link;
    const intake = await system.startIntake();
    const worker = await system.startWorker();
    const port = await freePort();
    await using dashboard = await startProcess({
      entry: "apps/dashboard/src/main.ts",
      env: { REDIS_URL: redis.url, SECRET_KEY: secretKey, DASHBOARD_PORT: String(port) },
      ready: `http://127.0.0.1:${port}/readyz`,
    });
    await sendNumbered(link, { ledger, persons, count: 10, groupSize: 5 });
    await waitFor(() => destination.arrived.length >= 40, { what: "the first ones" });

    const taken = Promise.withResolvers<void>();
    destination.misbehave = () => ({ takes: true, answer: { status: 200 }, until: taken.promise });
    await sendNumbered(link, { ledger, persons, count: 10, groupSize: 5 });
    await befall(redis, () => system.client.config("SET", "maxmemory", "1mb"));
    await sendNumbered(link, { ledger, persons, count: 10, groupSize: 5 });
    const stopped = [intake.process, worker.process, dashboard].map((process) => process.kill("SIGTERM"));
    taken.resolve();
    for (const exit of stopped) expect(await exit).toEqual({ code: 0, signal: null });

    destination.misbehave = () => undefined;
    redis.thaw();
    await redis.restart();
    await system.startIntake();
    await system.startWorker();
    await waitFor(async () => (await link.check()).delivered === 120, {
      what: "all of them",
      timeoutMs: 30_000,
    });
    expect(await link.checkAtRest()).toMatchObject({ ...clean, acked: 120, delivered: 120 });
  },
);
