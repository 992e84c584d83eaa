import { describeHeld, type HeldMessages } from "@customerio-router/connections";
import { findRedisWarnings, fullShare, type RedisClient } from "@customerio-router/redis";
import { describeWorkers, readWorkers } from "@customerio-router/reports";
import type { Readiness } from "@customerio-router/service";
import type { RedisWatch } from "./keep/redis-watch.ts";
import type { Spool } from "./keep/spool/spool.ts";
import type { BodyMemory } from "./limits/body-memory.ts";

const conditions = {
  slow: "Redis answers slowly",
  full: `Redis is at ${100 * fullShare} % of its maxmemory`,
  away: "Redis does not answer",
} as const;

/**
 * What keeps the intake from accepting messages. With a spool it accepts them while Redis is away, so a load balancer
 * must not turn clients away. When only a person can correct the problem, the intake is not ready although it accepts
 * messages: the spool would be full one day.
 */
export async function readReadiness(options: {
  redis: RedisClient;
  watch: Pick<RedisWatch, "condition" | "problem" | "takes">;
  spool: Spool | undefined;
  bodyMemory: Pick<BodyMemory, "warnings">;
  /** Whether it knows who may send. */
  knowsWriteKeys: boolean;
  /** Whether it knows what to remove and to hash. */
  knowsRules: boolean;
  /** The held messages of connections that Redis lost. */
  held: readonly HeldMessages[];
  /** Redis has no connection at all any more. */
  isEmptied: boolean;
}): Promise<Readiness> {
  const { redis, watch, spool, bodyMemory, knowsWriteKeys, knowsRules, held, isEmptied } = options;
  const problems = [
    ...(knowsWriteKeys ? [] : ["No write key is known yet"]),
    ...(knowsRules ? [] : ["The rules of the connections are not read yet"]),
  ];
  const warnings =
    watch.condition === "away"
      ? []
      : [...describeWorkers({ workers: await readWorkers(redis) }), ...(await findRedisWarnings(redis))];
  const hasRoom = spool && spool.stock.bytes < spool.maxBytes && spool.diskFailure === undefined;
  (isEmptied && !hasRoom ? problems : warnings).push(...describeHeld(held));
  if (watch.problem?.isLasting) problems.push(watch.problem.sentence);
  else if (watch.condition !== "good") {
    const condition = watch.problem?.sentence ?? `${conditions[watch.condition]}.`;
    if (hasRoom) warnings.push(`${condition} Messages are kept in the spool.`);
    else if (watch.takes) warnings.push(condition);
    else problems.push(`${condition} The spool has no room, or is off.`);
  }
  if (spool) warnings.push(...describeDisk(spool), ...spool.problems, ...describeStock(spool));
  warnings.push(...bodyMemory.warnings());
  return { problems, warnings };
}

function describeDisk({ diskFailure }: Spool): string[] {
  if (diskFailure === undefined) return [];
  return [
    `The spool cannot be written, because ${diskFailure}: make room under DATA_DIR, or repair the disk`,
  ];
}

function describeStock({ stock, maxBytes }: Spool): string[] {
  const { messages, bytes, oldestAtMs } = stock.total();
  if (oldestAtMs === undefined) return [];
  const seconds = Math.round((Date.now() - oldestAtMs) / 1000);
  const share = `${bytes.toLocaleString("en")} of ${maxBytes.toLocaleString("en")} bytes`;
  return [
    `${messages === 1 ? `1 message (${share}) waits` : `${messages.toLocaleString("en")} messages (${share}) wait`} in the spool, the oldest for ${seconds} s`,
  ];
}
