import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, linesWhere, watchErased } from "@customerio-router/connections";
import { type Replay, readReplay, runReplay } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { CommandError } from "../command-error.ts";
import { readFileLines } from "./replay-file.ts";

const pausedMs = 1_000;

/**
 * Adds a file's lines to the target's queue as the owner would, until all are settled or the signal is aborted.
 * @throws CommandError where erased people cannot be recognized
 */
export async function feedFile(options: {
  redis: RedisClient;
  secretKey: string | undefined;
  replay: Replay;
  target: Connection;
  file: string;
  signal: AbortSignal;
}): Promise<void> {
  const { redis, secretKey, replay, target, file, signal } = options;
  const wait = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {});
  await using people = watchErased({ redis, secretKey });
  await people.refresh();
  if (people.problem !== undefined) throw new CommandError(people.problem);
  for (;;) {
    const run = await runReplay({
      redis,
      replay,
      people,
      limits: () => target.settings,
      read: (after) => linesWhere(readFileLines(file, replay.filter, after), replay.filter),
      mayGo: () => !signal.aborted,
      wait,
    });
    if (run === "ended" || signal.aborted) return;
    const now = await readReplay(redis, replay.connectionId, replay.id);
    if (now?.state !== "paused") return;
    await wait(pausedMs);
  }
}
