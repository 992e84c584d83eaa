import { setTimeout as sleep } from "node:timers/promises";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { fill, readArrivals, resetArrivals } from "./measure-load.ts";
import { nowMs } from "./now.ts";
import { openPipeline, type Pipeline } from "./open-pipeline.ts";
import { median } from "./percentiles.ts";

const smallMessages = 10_000;

export type Backlog = { messages: number; largePerSecond: number; smallPerSecond: number };

/** How fast our worker, warmed up, delivers what has piled up while its queue was paused: much, and little. */
export async function measureBacklog(options: { backlog: number; quick: boolean }): Promise<Backlog> {
  const messages = options.backlog;
  // Short drains are repeated, for one lasts but a moment.
  const smallRuns = options.quick ? 3 : 9;
  await using pipeline = await openPipeline({ design: "ours", delayMs: 0 });
  await pipeline.startWorker();
  const queue = await openQueue(pipeline);
  try {
    const rates: number[] = [];
    for (let run = 0; run <= smallRuns; run++) rates.push(await drain(pipeline, queue, smallMessages));
    const largePerSecond = await drain(pipeline, queue, messages);
    return { messages, largePerSecond, smallPerSecond: median(rates.slice(1)) };
  } finally {
    await queue.close();
  }
}

/** @returns messages a second, from when the worker takes the first to when the last arrives. */
async function drain({ target }: Pipeline, queue: Queue, messages: number): Promise<number> {
  await queue.pause();
  await fill(target, messages, 20);
  await resetArrivals(target.destinationUrl);
  const jobs = await queue.getWaitingCount();
  await queue.resume();
  while ((await queue.getWaitingCount()) === jobs) await sleep(1);
  const takenAtMs = nowMs();
  for (;;) {
    await sleep(100);
    const { messages: arrived, lastAtMs } = await readArrivals(target.destinationUrl);
    if (arrived >= messages) return (messages / (lastAtMs - takenAtMs)) * 1_000;
  }
}

/** The queue of the only connection, whose name is in the keys of Redis. */
async function openQueue({ redis }: Pipeline): Promise<Queue> {
  const client = new Redis(redis.url);
  const [ownersKey = ""] = await client.keys("customerio-router:tenure:*");
  client.disconnect();
  const name = ownersKey.slice(ownersKey.indexOf("{"));
  return new Queue(name, { prefix: "customerio-router", connection: { url: redis.url } });
}
