import { startRedis, startRedisCluster, waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { sendNumbered } from "./send.ts";
import { clean, openSystem } from "./system.ts";

const persons = Array.from({ length: 10 }, (_, index) => `person-${index}`);

test("F7 on a Redis Cluster a replica is promoted, then a master killed: workers resume within 30 s, in order", {
  timeout: 120_000,
}, async () => {
  await using cluster = await startRedisCluster();
  const settings = { batchOperations: 10, inFlight: 1 };
  await using system = await openSystem({ connections: 3, redis: cluster, latencyMs: 50, settings });
  await system.startIntake();
  await system.startWorker();
  await system.startWorker();
  const [first] = system.links;
  const key = `customerio-router:{${first?.connection.id}}:wait`;
  const send = () =>
    system.links.map((link) =>
      sendNumbered(link, { ledger: link.ledger, persons, count: 150, groupSize: 5 }),
    );
  const arrivals = () => system.links.map(({ destination }) => destination.arrived.length);

  const sent = send();
  await waitFor(() => arrivals().every((count) => count > 50), { what: "some to arrive everywhere" });
  await cluster.failOver(key);
  await Promise.all(sent);
  await waitFor(() => arrivals().every((count) => count >= 1_500), { what: "all", timeoutMs: 30_000 });

  await Promise.all(send());
  await cluster.replicated();
  await (await cluster.masterOf(key)).kill("SIGKILL");
  const before = arrivals();
  await waitFor(() => arrivals().every((count, index) => count > (before[index] ?? 0)), {
    what: () => `all connections to go on: ${before} before, ${arrivals()} now`,
    timeoutMs: 30_000,
  });
  for (const link of system.links) {
    expect(await link.checkAtRest()).toMatchObject({ ...clean, acked: 3_000, delivered: 3_000 });
  }
});

test("F10 a Redis that evicts or keeps nothing on disk is warned of at start and by readyz", async () => {
  await using redis = await startRedis({
    maxmemoryPolicy: "allkeys-lru",
    maxmemory: "0",
    settings: { appendonly: "no" },
  });
  await using system = await openSystem({ redis });
  for (const { process, url } of [await system.startIntake(), await system.startWorker()]) {
    const words = ["allkeys-lru", "append-only", "no maxmemory"];
    // Until Redis has answered once, that is all that is said of it.
    const warnsOfAll = async () => {
      const response = await fetch(`${url}/readyz`);
      const { warnings } = (await response.json()) as { warnings: string[] };
      return response.ok && words.every((word) => warnings.some((warning) => warning.includes(word)));
    };
    await waitFor(warnsOfAll, { what: "it to be ready and to warn of all three" });
    for (const word of words) {
      await waitFor(() => new RegExp(`"level":"warn".*${word}`).test(process.output), {
        what: () => `the log to warn of ${word}: ${process.output}`,
      });
    }
  }
});
