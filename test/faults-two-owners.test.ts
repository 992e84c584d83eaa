import { setTimeout as delay } from "node:timers/promises";
import { startFaultProxy, startRedis, waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import type { Arrived } from "./destination.ts";
import { post, sendNumbered } from "./send.ts";
import { clean, type Link, openSystem } from "./system.ts";

const people = (count: number) => Array.from({ length: count }, (_, index) => `person-${index}`);

test("F40 a worker frozen until another delivers what it had in hand sends none of it, and can own the connection again", {
  timeout: 60_000,
}, async () => {
  const inFlight = 4;
  // Groups of five in requests of seven: most persons have their messages in two requests that follow each other.
  await using system = await openSystem({ unevenMs: 40, settings: { batchOperations: 7, inFlight } });
  const [link] = system.links as [Link];
  const { destination, ledger } = link;
  const persons = people(40);
  await system.startIntake();
  const sleeper = await system.startWorker();
  await waitFor(async () => (await sleeper.owned()).length === 1, { what: "the first worker to own it" });
  const successor = await system.startWorker();

  // The sleeper falls asleep over its requests, with much more in hand; the answers come meanwhile.
  const asleep = Promise.withResolvers<void>();
  const underWay: Arrived[][] = [];
  destination.misbehave = (operations) => {
    underWay.push(operations);
    return { takes: true, answer: { status: 200 }, until: asleep.promise };
  };
  await sendNumbered(link, { ledger, persons, count: 30, groupSize: 5 });
  await waitFor(() => underWay.length === inFlight, { what: "its requests to be under way" });
  sleeper.process.freeze();
  destination.misbehave = () => undefined;
  asleep.resolve();

  await waitFor(() => destination.arrived.length > 600, { what: "the successor to be well under way" });
  sleeper.process.thaw();
  await waitFor(() => sleeper.process.output.includes("lost the lease"), { what: "the sleeper to notice" });
  expect(await link.checkAtRest()).toMatchObject({
    ...clean,
    acked: 1_200,
    delivered: 1_200,
    stale: [],
    repeated: underWay.flat().length,
  });

  expect(await successor.process.kill("SIGTERM")).toEqual({ code: 0, signal: null });
  await sendNumbered(link, { ledger, persons, count: 5, groupSize: 5 });
  expect(await link.checkAtRest()).toMatchObject({ ...clean, acked: 1_400, delivered: 1_400, stale: [] });
});

test("F40 a worker cut off from Redis until another has delivered: what it writes then is refused, what it has in hand stays", {
  timeout: 60_000,
}, async () => {
  await using redis = await startRedis();
  await using proxy = await startFaultProxy({ targetPort: redis.port });
  const inFlight = 2;
  await using system = await openSystem({ redis, settings: { batchOperations: 1, inFlight } });
  const [link] = system.links as [Link];
  const { destination, ledger, queue } = link;
  await system.startIntake();
  // One job, which shrinks with each message. Its first five are of one person and go one after another.
  const [first = "", ...others] = people(19);
  const batch = [first, ...others].flatMap((person) =>
    Array.from({ length: 5 }, () => ledger.nextChange(person)),
  );
  const answer = await post(link, "/v1/batch", JSON.stringify({ batch }));
  expect(answer.status).toBe(200);
  ledger.ack(batch.map(({ messageId }) => messageId));

  // While the first owner waits for two answers it is cut off: neither what it writes of them nor its question to the
  // limiter gets through.
  const isCut = Promise.withResolvers<void>();
  let underWay = 0;
  destination.misbehave = (operations) => {
    if (underWay === 0 && !operations.some(isNumber(3, first))) return undefined;
    underWay += 1;
    return { takes: true, answer: { status: 200 }, until: isCut.promise };
  };
  const cutOff = await system.startWorker({ REDIS_URL: `redis://127.0.0.1:${proxy.port}` });
  await waitFor(() => underWay === inFlight, { what: "two requests to be under way" });
  await delay(100);
  proxy.freeze();
  isCut.resolve();

  // The second owner settles all but one message.
  destination.misbehave = (operations) =>
    operations.some(isNumber(5, first)) ? { takes: true, answer: "silence" } : undefined;
  const successor = await system.startWorker();
  const oneIsLeft = async () => (await queue.getActive())[0]?.data.entries.length === 1;
  await waitFor(oneIsLeft, { what: "all but one message to be settled" });
  // What was held back comes through word by word: each answer of Redis finds the first owner as the one before left it.
  proxy.narrow(50);
  await waitFor(() => cutOff.process.output.includes("lost the lease"), { what: "the first one to notice" });
  await successor.process.kill("SIGKILL");

  destination.misbehave = () => undefined;
  const account = await link.checkAtRest();
  expect(account).toMatchObject({ ...clean, acked: 95, delivered: 95, stale: [] });
  // What was under way when the first owner was cut off, and when the second was killed.
  expect(account.repeated).toBe(inFlight + 1);
});

function isNumber(number: number, person: string) {
  return ({ identifiers, attributes }: Arrived) =>
    identifiers?.id === person && (attributes as { number?: number } | undefined)?.number === number;
}
