import { waitFor } from "@customerio-router/fixtures";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { type MeteredSystem, openMeteredSystem, scrape } from "./metered-system.ts";

/** A counter of each app that must not be lost. */
const counters = [
  ["intake", /^customerio_router_messages_enqueued_total\{connection="\w+"\} 1$/m],
  [
    "worker",
    /^customerio_router_messages_settled_total\{connection="\w+",outcome="delivered",reason=""\} 1$/m,
  ],
  ["dashboard", /^process_cpu_seconds_total \d/m],
] as const;

/** What only Redis knows. */
const gauge = /^customerio_router_(workers_alive|messages_\w+ing|messages_failed|connection_|oldest_).*$/gm;

/** All three answer with their counters, and with what Redis knows only while it is up. */
async function reachesAll(metered: MeteredSystem, redisUp: 0 | 1): Promise<void> {
  const isReached = async () => {
    const found = counters.map(async ([app, counter]) => {
      const text = await scrape(metered[app]);
      return counter.test(text) && text.includes(`customerio_router_redis_up ${redisUp}\n`);
    });
    return (await Promise.all(found)).every(Boolean);
  };
  await waitFor(isReached, { what: `redis_up ${redisUp}` });
  const gauges = (await scrape(metered.dashboard)).match(gauge);
  if (redisUp === 0) expect(gauges).toBeNull();
  else expect(gauges).not.toBeNull();
}

test("F215 F131 while Redis is frozen, down or read-only /metrics of all three apps answers with the counters and redis_up 0", async () => {
  await using metered = await openMeteredSystem();
  const { redis } = metered;
  await reachesAll(metered, 1);

  const client = new Redis(redis.url);
  onTestFinished(() => client.disconnect());
  const sets = async () => Number(/cmdstat_set:calls=(\d+)/.exec(await client.info("commandstats"))?.[1]);
  const before = await sets();
  redis.freeze();
  try {
    await reachesAll(metered, 0);
    const many = await Promise.all(Array.from({ length: 100 }, () => scrape(metered.worker)));
    expect(many.every((text) => text.includes("customerio_router_redis_up 0"))).toBe(true);
  } finally {
    redis.thaw();
  }
  // 100 reads hold the commands of one.
  expect((await sets()) - before).toBeLessThan(50);
  await reachesAll(metered, 1);

  await client.replicaof("127.0.0.1", "1");
  await reachesAll(metered, 0);
  await client.replicaof("NO", "ONE");
  await reachesAll(metered, 1);

  client.disconnect();
  await redis.kill("SIGKILL");
  await reachesAll(metered, 0);
  await redis.restart();
  await reachesAll(metered, 1);
});

test("F216 the worker times deliveries; after its SIGKILL the dashboard's metrics say no worker, and what waits and since when", async () => {
  await using metered = await openMeteredSystem();
  const { worker, dashboard, link } = metered;
  const { id } = link.connection;
  const says = async (line: RegExp) => line.test(await scrape(dashboard));
  const state = (name: string, value: 0 | 1) =>
    new RegExp(`^customerio_router_connection_state\\{connection="${id}",state="${name}"\\} ${value}$`, "m");
  await waitFor(() => says(state("active", 1)), { what: "an active connection" });
  expect(await scrape(dashboard)).toContain(`connection_info{connection="${id}",name="Shop 0"} 1`);
  expect(await says(/^customerio_router_workers_alive 1$/m)).toBe(true);

  for (const [name, label] of [
    ["delivery_seconds", ""],
    ["connection_delivery_seconds", `connection="${id}"`],
  ] as const) {
    const text = await scrape(worker);
    expect(text).toContain(`customerio_router_${name}_count${label && `{${label}}`} 1\n`);
    expect(text).toContain(`customerio_router_${name}_bucket{${label && `${label},`}le="+Inf"} 1\n`);
    expect(text).toMatch(new RegExp(`^customerio_router_${name}_sum\\S* [\\d.]+$`, "m"));
  }

  link.destination.misbehave = () => ({ answer: { status: 401 } });
  await metered.send("Refused");
  await waitFor(() => says(state("keys-refused", 1)), { what: "refused keys" });
  const readyz = await fetch(`${worker.url}/readyz`);
  expect(await readyz.json()).toMatchObject({
    ready: true,
    warnings: expect.arrayContaining([`Connection ${id}: Keys refused (1 message waits).`]),
  });

  await worker.process.kill("SIGKILL");
  await metered.send("Second");
  await waitFor(() => says(/^customerio_router_workers_alive 0$/m), { what: "no worker" });
  await waitFor(() => says(state("no-worker", 1)), { what: "the connection to say so" });
  const text = await scrape(dashboard);
  expect(text).toMatch(state("active", 0));
  expect(text).toContain(`customerio_router_messages_waiting{connection="${id}"} 2\n`);
  expect(text).toMatch(
    new RegExp(`^customerio_router_oldest_waiting_seconds\\{connection="${id}"\\} \\d+\\.\\d+$`, "m"),
  );
  expect(text).toContain(`customerio_router_messages_failed{connection="${id}"} 0\n`);
});
