import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "@customerio-router/connections";
import { type Replay, readReplay, runReplay } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { readFileLines } from "./replay-file.ts";

const pausedMs = 1_000;

/** Adds a file's lines to the target's queue as the owner would, until all are settled or the signal is aborted. */
export async function feedFile(options: {
  redis: RedisClient;
  replay: Replay;
  target: Connection;
  file: string;
  signal: AbortSignal;
}): Promise<void> {
  const { redis, replay, target, file, signal } = options;
  const wait = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {});
  for (;;) {
    const run = await runReplay({
      redis,
      replay,
      limits: () => target.settings,
      read: (after) => readFileLines(file, replay.filter, after),
      mayGo: () => !signal.aborted,
      wait,
    });
    if (run === "ended" || signal.aborted) return;
    const now = await readReplay(redis, replay.connectionId, replay.id);
    if (now?.state !== "paused") return;
    await wait(pausedMs);
  }
}
