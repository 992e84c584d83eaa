import { setTimeout as sleep } from "node:timers/promises";
import { isEnded, type Replay, readReplay } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { CommandError } from "../command-error.ts";
import type { Progress } from "../import/progress.ts";

const everyMs = 500;

/** Shows how far a replay has come, until it has ended or the signal is aborted. Gives how it stands then. */
export async function watchReplay(options: {
  redis: RedisClient;
  replay: Replay;
  progress: Progress;
  signal: AbortSignal;
}): Promise<Replay> {
  const { redis, progress, signal } = options;
  const readBefore = options.replay.read;
  let replay = options.replay;
  let told = "";
  for (;;) {
    const now = await readReplay(redis, replay.connectionId, replay.id);
    if (now === undefined) throw new CommandError("the replay is gone: its connection was deleted");
    replay = now;
    const share = replay.expected ? Math.min(replay.read / replay.expected, 1) : 0;
    progress.show({ line: replay.read, sentNow: replay.read - readBefore, share });
    const why = replay.state === "paused" ? "It is paused" : (replay.note ?? "");
    if (why !== "" && why !== told) progress.say(why);
    told = why;
    if (isEnded(replay) || signal.aborted) return replay;
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}
