import type { RedisClient } from "@customerio-router/redis";
import { type Finding, good, wrongAsIn } from "../finding.ts";

const maxDifferenceMs = 2_000;

/** This machine's time, held against Redis's. */
export async function checkClock(redis: RedisClient): Promise<Finding[]> {
  const askedAtMs = Date.now();
  const [seconds, microseconds] = await redis.time();
  const hereMs = (askedAtMs + Date.now()) / 2;
  const differenceMs = Math.round(Number(seconds) * 1_000 + Number(microseconds) / 1_000 - hereMs);
  const text = `It is ${new Date(hereMs).toISOString()} here; Redis's clock is ${Math.abs(differenceMs)} ms ${differenceMs < 0 ? "behind" : "ahead"}.`;
  if (Math.abs(differenceMs) <= maxDifferenceMs) return [good("Time", text)];
  return [wrongAsIn("Time", { name: "clocks-differ", detail: text })];
}
