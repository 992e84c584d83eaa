import { startRedis, waitFor } from "@customerio-router/fixtures";
import { expect, onTestFinished, test } from "vitest";
import { startLeases } from "../src/index.ts";
import { connect, id } from "./open-queue.ts";

/** Well below the four seconds of a lease. */
const soonMs = 2_500;

test("F296 a lease that Redis extends after its owner has given it up is free at once", async () => {
  const server = await startRedis();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const { promise: lost, resolve: onLost } = Promise.withResolvers<unknown>();
  const [leases, others] = [onLost, () => {}].map((hear) =>
    startLeases({ redis: connect(server.url), onLost: hear }),
  ) as [ReturnType<typeof startLeases>, ReturnType<typeof startLeases>];
  onTestFinished(() => leases.close());
  onTestFinished(() => others.close());
  expect(await leases.acquire(id)).toBeDefined();
  server.freeze();
  await lost;
  server.thaw();
  await waitFor(async () => (await others.acquire(id)) !== undefined, {
    what: "another process to acquire it",
    timeoutMs: soonMs,
  });
});
