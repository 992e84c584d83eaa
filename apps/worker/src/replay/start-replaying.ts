import { type Archive, ArchiveError } from "@customerio-router/archive";
import {
  FencedError,
  type KnownErased,
  noteOfReplay,
  type Replay,
  readReplay,
  runningReplays,
  shadowReason,
} from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { startRepeating } from "@customerio-router/service";
import type { Pipeline } from "../delivery/pipeline.ts";
import { createSignal, type Signal } from "../signal.ts";
import { replayFromArchive } from "./replay-from-archive.ts";

const everyMs = 500;
/** An idle connection is asked less often: a thousand of them would be most of what an idle worker does. */
const idleMs = 30_000;
/** After an error, such as a store that is away. */
const retryMs = 5_000;
/** How long a stopping worker waits for what a replay writes; what it reads is given up. */
const finishMs = 1_000;

type Replaying = { changed: Signal; ending: Promise<void> };

export type Replays = AsyncDisposable & {
  /** The connection was woken: a replay may have been started. */
  notify(connectionId: string): void;
  /** Ends what a replay into this connection has read, and begins nothing until it is resumed. */
  halt(connectionId: string): Promise<void>;
  resume(connectionId: string): void;
};

/** Runs the replays into the connections that this process owns, one of each connection at a time. */
export function startReplaying(options: {
  redis: RedisClient;
  /** Undefined while this process does not see the installation's archive. */
  archive: () => Archive | undefined;
  people: KnownErased;
  pipelines: () => Pipeline[];
  onError: (error: unknown, connectionId: string) => void;
}): Replays {
  const { redis, people } = options;
  const running = new Map<string, Replaying>();
  const idleUntilMs = new Map<string, number>();
  const retryAtMs = new Map<string, number>();
  const halted = new Set<string>();
  let isClosed = false;

  async function run(pipeline: Pipeline, id: string, changed: Signal): Promise<void> {
    const { connectionId } = pipeline.lease;
    const replay = await readReplay(redis, connectionId, id);
    if (replay === undefined) return;
    // It sends what the shadow took, once the connection is live.
    const isShadow = pipeline.connection.settings.delivery === "shadow";
    if (isShadow && replay.filter.reason === shadowReason) return;
    try {
      await replayFromArchive({
        redis,
        archive: options.archive(),
        replay,
        people,
        pipeline,
        mayGo: () => !isClosed && !halted.has(connectionId) && pipeline.lease.isHeld(),
        wait: changed.wait,
      });
    } catch (error) {
      if (error instanceof FencedError || !pipeline.lease.isHeld()) return;
      options.onError(error, connectionId);
      await say(replay, error);
      retryAtMs.set(connectionId, performance.now() + retryMs);
    }
  }

  async function say(replay: Replay, error: unknown): Promise<void> {
    const note = error instanceof ArchiveError ? error.message : "Trouble with Redis: see the worker's log";
    // Redis may be what is away; then the log says so.
    await noteOfReplay(redis, replay, note).catch(() => {});
  }

  async function look(pipeline: Pipeline): Promise<void> {
    const { connectionId } = pipeline.lease;
    const now = performance.now();
    const untilMs = Math.max(idleUntilMs.get(connectionId) ?? 0, retryAtMs.get(connectionId) ?? 0);
    if (running.has(connectionId) || halted.has(connectionId) || now < untilMs) return;
    idleUntilMs.set(connectionId, now + idleMs);
    const [oldest] = await runningReplays(redis, connectionId);
    if (oldest === undefined || isClosed) return;
    idleUntilMs.delete(connectionId);
    retryAtMs.delete(connectionId);
    const changed = createSignal();
    const ending = run(pipeline, oldest, changed).finally(() => running.delete(connectionId));
    running.set(connectionId, { changed, ending });
  }

  const looking = startRepeating(everyMs, async () => {
    for (const pipeline of options.pipelines()) {
      await look(pipeline).catch((error) => options.onError(error, pipeline.lease.connectionId));
    }
  });

  return {
    notify: (connectionId) => void idleUntilMs.delete(connectionId),
    async halt(connectionId) {
      halted.add(connectionId);
      const replaying = running.get(connectionId);
      replaying?.changed.notify();
      await replaying?.ending;
    },
    resume: (connectionId) => void halted.delete(connectionId),
    async [Symbol.asyncDispose]() {
      isClosed = true;
      looking[Symbol.dispose]();
      const all = [...running.values()];
      for (const { changed } of all) changed.notify();
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, finishMs);
      await Promise.race([Promise.allSettled(all.map(({ ending }) => ending)), late.promise]);
      clearTimeout(timer);
    },
  };
}
