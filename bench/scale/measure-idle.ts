import { setTimeout as sleep } from "node:timers/promises";
import { readInfo } from "@customerio-router/redis";
import { measureUsage, type Usage } from "./measure-usage.ts";
import type { Router } from "./open-router.ts";

export type Idle = {
  connections: number;
  worker: Usage;
  intake: Usage;
  redis: Usage;
  /** Redis's own count of its data. */
  redisDataBytes: number;
};

/** A new intake and a new worker with this many connections, to which nothing is sent. */
export async function measureIdle(
  router: Router,
  { connections, settleMs, measureMs }: { connections: number; settleMs: number; measureMs: number },
): Promise<Idle> {
  await router.ensureConnections(connections);
  await using intake = await router.startIntake();
  await using worker = await router.startWorker(connections);
  await sleep(settleMs);
  const pids = { worker: worker.pid, intake: intake.pid, redis: router.redis.pid };
  const usage = await measureUsage(pids, measureMs);
  return { connections, ...usage, redisDataBytes: await readDataBytes(router) };
}

export async function readDataBytes({ client }: Router): Promise<number> {
  return Number(readInfo(await client.info("memory")).get("used_memory"));
}
