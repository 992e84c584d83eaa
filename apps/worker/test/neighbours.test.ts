import { setTimeout as delay } from "node:timers/promises";
import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { openSetting } from "./setting.ts";

const group = (userId: string, messageId: string, traits: object) => ({
  message: { type: "group", messageId, userId, groupId: "acme", traits },
});

test("F57 calls of many people that name one object and agree on it share requests", async () => {
  const { connection, destination, enqueuer, startWorker } = await openSetting();
  const calls = Array.from({ length: 200 }, (_, number) =>
    group(`p${number}`, `m${number}`, { name: "Acme" }),
  );
  await enqueuer.enqueue(connection.id, calls);
  startWorker();
  await waitFor(() => destination.visible().length === 200, { what: "all of them" });
  expect(destination.received.length).toBeLessThan(5);
});

test("F58 calls that change one object one after the other go one by one, and end with the last", async () => {
  const { connection, destination, enqueuer, startWorker } = await openSetting();
  const calls = Array.from({ length: 30 }, (_, number) =>
    group(`p${number}`, `m${number}`, { name: "Acme", seats: number, ...(number % 2 && { odd: number }) }),
  );
  await enqueuer.enqueue(connection.id, calls);
  startWorker();
  await waitFor(() => destination.visible().length === 30, { what: "all of them" });
  expect(destination.visible().map(({ attributes }) => attributes?.seats)).toEqual(
    calls.map((_, number) => number),
  );
  expect(destination.received).toHaveLength(30);
});

test("F59 25,000 calls that change one object do not hold up another person", {
  timeout: 60_000,
}, async () => {
  const { connection, destination, enqueuer, startWorker, track } = await openSetting({
    limiter: { max: 20, duration: 1_000 },
  });
  for (let round = 0; round < 10; round++) {
    const calls = Array.from({ length: 2_500 }, (_, number) =>
      group("owner", `m${round}-${number}`, { seats: round * 2_500 + number }),
    );
    await enqueuer.enqueue(connection.id, calls);
  }
  await track(["somebody else"]);
  startWorker();
  const isOther = () => destination.visible().some(({ action }) => action === "event");
  await waitFor(isOther, { what: "the other person", timeoutMs: 40_000 });
  expect(destination.visible().length).toBeLessThan(1_000);
});

test("F60 a connection that one worker cannot open is taken up by another that has its share already", async () => {
  const { createConnection, destination, log, startWorker, track } = await openSetting();
  const other = await createConnection("Other", destination);
  startWorker({ secret: "another secret key, long enough too" });
  const refused = () => log.some((line) => line.includes("SECRET_KEY"));
  await waitFor(refused, { what: "the first worker to fail" });
  startWorker();
  await track(["a"]);
  await track(["b"], {}, other.id);
  await waitFor(() => destination.visible().length === 2, { what: "both connections", timeoutMs: 25_000 });
  await delay(1_500);
  await track(["a"]);
  await track(["b"], {}, other.id);
  await waitFor(() => destination.visible().length === 4, { what: "both to stay" });
});
