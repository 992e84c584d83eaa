import { freePort, type Redis, startProcess, startRedis, waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { type Branch, clean, openHouse, secretKey } from "./house.ts";
import { sendNumbered } from "./send.ts";

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
    await using house = await openHouse({ redis, settings: { batchOperations: 5, inFlight: 2 } });
    const [branch] = house.branches as [Branch];
    const { destination, ledger } = branch;
    const intake = await house.startIntake();
    const worker = await house.startWorker();
    const port = await freePort();
    await using dashboard = await startProcess({
      entry: "apps/dashboard/src/main.ts",
      env: { REDIS_URL: redis.url, SECRET_KEY: secretKey, DASHBOARD_PORT: String(port) },
      ready: `http://127.0.0.1:${port}/readyz`,
    });
    await sendNumbered(branch, { ledger, persons, count: 10, groupSize: 5 });
    await waitFor(() => destination.arrived.length >= 40, { what: "the first ones" });

    const taken = Promise.withResolvers<void>();
    destination.misbehave = () => ({ takes: true, answer: { status: 200 }, until: taken.promise });
    await sendNumbered(branch, { ledger, persons, count: 10, groupSize: 5 });
    await befall(redis, () => house.client.config("SET", "maxmemory", "1mb"));
    await sendNumbered(branch, { ledger, persons, count: 10, groupSize: 5 });
    const stopped = [intake.process, worker.process, dashboard].map((process) => process.kill("SIGTERM"));
    taken.resolve();
    for (const exit of stopped) expect(await exit).toEqual({ code: 0, signal: null });

    destination.misbehave = () => undefined;
    redis.thaw();
    await redis.restart();
    await house.startIntake();
    await house.startWorker();
    await waitFor(async () => (await branch.check()).delivered === 120, {
      what: "all of them",
      timeoutMs: 30_000,
    });
    expect(await branch.checkAtRest()).toMatchObject({ ...clean, acked: 120, delivered: 120 });
  },
);
