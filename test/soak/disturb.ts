import { setTimeout as delay } from "node:timers/promises";
import { waitFor } from "@customerio-router/fixtures";
import type { Link, Service, System } from "../system.ts";
import { type FailOverSeen, failOver } from "./fail-over.ts";
import type { SoakedRedis } from "./open-redis.ts";

/** Beyond the lease, so that another has taken over when it wakes up. */
const frozenMs = 6_000;
/** As long as it may take between two disturbances before the run counts as stuck. */
const timeoutMs = 180_000;

type Disturbances = {
  /** Resolves when all have been done, and everything runs. */
  done: Promise<void>;
  /** How far the progress may go until the next kill is over: kills take longer than messages. */
  allowed(): number;
  /** What has been done so far, in words. */
  told(): string;
  /** Each fail-over, in their order. */
  failOvers: readonly FailOverSeen[];
};

/**
 * Starts an intake and two workers and kills one of them, or Redis, so many times with -9, evenly over the progress
 * from 0 to 1: half-way between what was allowed before and after. After every fifth kill a worker is frozen and woken up besides.
 * Fail-overs of the connections in turn are spread among the kills.
 */
export function disturb(options: {
  system: System;
  redis: SoakedRedis;
  kills: number;
  failOvers: number;
  progress: () => number;
  /** Whether the run has failed: nothing more is disturbed. */
  isOver: () => boolean;
}): Disturbances {
  const { system, redis, kills, progress, isOver } = options;
  const count = kills + options.failOvers;
  const failOvers: FailOverSeen[] = [];
  const killed = { worker: 0, intake: 0, redis: 0 };
  let frozen = 0;
  let workers: Service[] = [];
  let intake: Service | undefined;

  async function killWorker(): Promise<void> {
    const place = Math.floor(Math.random() * workers.length);
    await workers[place]?.process.kill("SIGKILL");
    await delay(Math.random() * 3_000);
    workers[place] = await system.startWorker();
  }

  async function killIntake(): Promise<void> {
    await intake?.process.kill("SIGKILL");
    intake = await system.startIntake();
  }

  async function killRedis(): Promise<void> {
    await redis.kill(() => delay(Math.random() * 1_000));
  }

  async function kill(): Promise<void> {
    const die = Math.random();
    const [name, act] =
      die < 0.5
        ? (["worker", killWorker] as const)
        : die < 0.75
          ? (["intake", killIntake] as const)
          : (["redis", killRedis] as const);
    await act();
    killed[name] += 1;
    if (killsDone() % 5 === 0) await freezeWorker();
  }

  async function freezeWorker(): Promise<void> {
    const worker = workers[Math.floor(Math.random() * workers.length)];
    worker?.process.freeze();
    await delay(frozenMs);
    worker?.process.thaw();
    frozen += 1;
  }

  async function run(): Promise<void> {
    intake = await system.startIntake();
    workers = [await system.startWorker(), await system.startWorker()];
    for (let turn = 1; turn <= count; turn++) {
      await waitFor(() => isOver() || progress() >= (turn - 0.5) / (count + 1), {
        what: () => `the messages to go on: ${workers.map(({ process }) => process.output.slice(-2_000))}`,
        timeoutMs: timeoutMs,
        pollMs: 20,
      });
      if (isOver()) return;
      // As many fail-overs by now as their share of the turns.
      if (failOvers.length < Math.floor((turn * options.failOvers) / count)) {
        const link = system.links[failOvers.length % system.links.length] as Link;
        failOvers.push(await failOver(redis, link));
      } else await kill();
    }
  }

  const killsDone = () => killed.worker + killed.intake + killed.redis;
  return {
    done: run(),
    allowed: () => (killsDone() + failOvers.length + 1) / (count + 1),
    told() {
      const { worker, intake: intakes, redis: redises } = killed;
      const told = `${killsDone()} of ${kills} kills (worker ${worker}, intake ${intakes}, Redis ${redises}), ${frozen} frozen`;
      return options.failOvers > 0 ? `${told}, ${failOvers.length} of ${options.failOvers} fail-overs` : told;
    },
    failOvers,
  };
}
