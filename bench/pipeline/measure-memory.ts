import { Redis } from "ioredis";
import { fill } from "./measure-load.ts";
import { openPipeline } from "./open-pipeline.ts";
import type { Design } from "./plan.ts";

export type Memory = {
  /** What Redis needs for one waiting message: the queue's keys, nothing else. */
  redisBytes: number;
  /** The JSON of the message as it waits. */
  jsonBytes: number;
};

const messages = 20_000;
const queueKeys: Record<"ours" | "plain", string> = {
  ours: "customerio-router:{c*}:*",
  plain: "bull:track:*",
};

/** Lets messages wait, without a worker, and weighs them. */
export async function measureMemory(design: Design, perRequest: number): Promise<Memory> {
  await using pipeline = await openPipeline({ design, delayMs: 0 });
  await fill(pipeline.target, messages, perRequest);
  const redis = new Redis(pipeline.redis.url);
  try {
    const keys = await redis.keys(queueKeys[design === "ours" ? "ours" : "plain"]);
    const weights = await Promise.all(keys.map((key) => redis.memory("USAGE", key, "SAMPLES", 0)));
    const data = await Promise.all(keys.map((key) => redis.hget(key, "data").catch(() => null)));
    const sizes = data.filter((text) => text !== null).flatMap(messageSizes);
    if (sizes.length !== messages) throw new Error(`${sizes.length} messages wait, not ${messages}`);
    return { redisBytes: sum(weights.map(Number)) / messages, jsonBytes: sum(sizes) / messages };
  } finally {
    redis.disconnect();
  }
}

/** Of the messages of a job: ours holds several, the plain one is one. */
function messageSizes(data: string): number[] {
  const { entries } = JSON.parse(data) as { entries?: { message: object }[] };
  if (!entries) return [Buffer.byteLength(data)];
  return entries.map(({ message }) => Buffer.byteLength(JSON.stringify(message)));
}

function sum(numbers: number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
