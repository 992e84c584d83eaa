import { setTimeout as sleep } from "node:timers/promises";
import { processUsage, waitFor } from "@customerio-router/fixtures";
import { defineScript, queueKeys, type RedisClient } from "@customerio-router/redis";
import { fill, readArrivals, resetArrivals } from "../pipeline/measure-load.ts";
import { readDataBytes } from "./measure-idle.ts";
import { openRouter } from "./open-router.ts";

export type Backlog = {
  messages: number;
  /** Sent through the intake; the others are copies of their jobs, made in Redis. */
  sentMessages: number;
  /** Of Redis's memory, for each waiting message. */
  bytesPerMessage: number;
  /** Delivered a second, while it is drained. */
  perSecond: number;
  /** Microseconds of CPU per message. */
  cpuMicroseconds: { redis: number; worker: number };
  workerBytes: number;
  /** How many were drained while this was measured. */
  drainedMessages: number;
};

const maxSentMessages = 100_000;
/** The largest backlogs are drained for this long. */
const drainMs = 60_000;

/** Copies jobs and puts the copies in line. */
const copyJobs = defineScript<number>(
  "benchCopyJobs",
  `local wait = KEYS[1]
   for index = 3, #ARGV do
     local copy = ARGV[index] .. '-' .. ARGV[2]
     redis.call('COPY', ARGV[1] .. ARGV[index], ARGV[1] .. copy)
     redis.call('LPUSH', wait, copy)
   end
   return #ARGV - 2`,
);
const copiedAtOnce = 100;

/** A connection with this much waiting, then its worker, from its first delivery on. */
export async function measureBacklog(messages: number): Promise<Backlog> {
  await using router = await openRouter({ isOnDisk: false });
  const { client, destinationUrl } = router;
  const [writeKey = ""] = await router.ensureConnections(1);
  const emptyBytes = await readDataBytes(router);
  const sentMessages = Math.min(messages, maxSentMessages);
  {
    await using intake = await router.startIntake();
    const target = { intakeUrl: intake.url, writeKey, destinationUrl };
    await waitFor(async () => (await fetch(`${intake.url}/readyz`)).ok, { what: "the intake" });
    await fill(target, sentMessages, 20);
  }
  await multiply(client, messages / sentMessages);
  const bytesPerMessage = ((await readDataBytes(router)) - emptyBytes) / messages;

  await resetArrivals(destinationUrl);
  await using worker = await router.startWorker(1);
  const arrived = async () => (await readArrivals(destinationUrl)).messages;
  await waitFor(async () => (await arrived()) > 0, { what: "the first to arrive", timeoutMs: 60_000 });
  const cpu = () => Promise.all([processUsage(router.redis.pid), processUsage(worker.pid)]);
  const [before, first, startedAtMs] = [await cpu(), await arrived(), performance.now()];
  while ((await arrived()) < messages && performance.now() - startedAtMs < drainMs) await sleep(200);
  const [after, last, { lastAtMs }] = [await cpu(), await arrived(), await readArrivals(destinationUrl)];
  const drained = last - first;
  const seconds =
    Math.min(performance.now() - startedAtMs, lastAtMs - performance.timeOrigin - startedAtMs) / 1_000;
  const perMessage = (at: 0 | 1) => ((after[at].cpuSeconds - before[at].cpuSeconds) / drained) * 1e6;
  return {
    messages,
    sentMessages,
    bytesPerMessage,
    perSecond: drained / seconds,
    cpuMicroseconds: { redis: perMessage(0), worker: perMessage(1) },
    workerBytes: after[1].memoryBytes,
    drainedMessages: drained,
  };
}

async function multiply(client: RedisClient, times: number): Promise<void> {
  const [records = ""] = await client.hkeys("customerio-router:{connections}:records");
  const { wait, jobPrefix } = queueKeys(records);
  const ids = await client.lrange(wait, 0, -1);
  for (let copy = 1; copy < times; copy++) {
    for (let from = 0; from < ids.length; from += copiedAtOnce) {
      await copyJobs(client, [wait], [jobPrefix, copy, ...ids.slice(from, from + copiedAtOnce)]);
    }
  }
}
