import { setTimeout as sleep } from "node:timers/promises";
import { readArrivals, resetArrivals } from "../pipeline/measure-load.ts";
import { measureUsage } from "./measure-usage.ts";
import type { Router } from "./open-router.ts";
import { sendEvenly } from "./send-evenly.ts";

export type Busy = {
  connections: number;
  /** Delivered a second. */
  perSecond: number;
  /** Microseconds of CPU per message delivered. */
  cpuMicroseconds: { intake: number; redis: number; worker: number };
  workerBytes: number;
};

/** One rate of messages over this many connections, each in turn. */
export async function measureBusy(
  router: Router,
  options: { connections: number; perSecond: number; settleMs: number; measureMs: number },
): Promise<Busy> {
  const { connections, perSecond, settleMs, measureMs } = options;
  const writeKeys = (await router.ensureConnections(connections)).slice(0, connections);
  await using intake = await router.startIntake();
  await using worker = await router.startWorker(connections);
  const sending = await sendEvenly({ intakeUrl: intake.url, writeKeys, perSecond });
  await sleep(settleMs);
  await resetArrivals(router.destinationUrl);
  const pids = { intake: intake.pid, redis: router.redis.pid, worker: worker.pid };
  const usage = await measureUsage(pids, measureMs);
  const { messages, seconds } = await readArrivals(router.destinationUrl);
  await sending.stop();
  const rate = messages / seconds;
  const perMessage = (role: keyof typeof pids) => (usage[role].cores / rate) * 1e6;
  return {
    connections,
    perSecond: rate,
    cpuMicroseconds: {
      intake: perMessage("intake"),
      redis: perMessage("redis"),
      worker: perMessage("worker"),
    },
    workerBytes: usage.worker.memoryBytes,
  };
}
