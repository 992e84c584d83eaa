import type { RedisClient } from "../client/redis-client.ts";
import type { RedisProblem } from "../problems/redis-problems.ts";
import { probe } from "./probe.ts";

/** Permissions can change while a connection stays: as long as something is wrong, asking probes again, at most this often. */
const againMs = 1_000;

/** Probes a client's connections, one probe at a time. */
export type Probing = {
  /** Whether the present connection has been probed to the end. */
  readonly isDone: boolean;
  /** There is a new connection. */
  start(): void;
  /** Unless the last probe began a moment ago. Resolves when no probe is under way. */
  repeat(): Promise<void>;
};

type Progress = {
  /** A probe begins once the present one has ended. */
  isWaiting: boolean;
  isDone: boolean;
  startedAtMs: number;
};

export function createProbing(redis: RedisClient, tell: (found: RedisProblem | undefined) => void): Probing {
  const progress: Progress = { isWaiting: false, isDone: false, startedAtMs: Number.NEGATIVE_INFINITY };
  let last = Promise.resolve();

  async function run(): Promise<void> {
    progress.isWaiting = false;
    progress.startedAtMs = performance.now();
    try {
      tell(await probe(redis));
      progress.isDone = true;
    } catch {
      // Redis was silent, or the connection broke: the next call, or the next connection, probes again.
    }
  }

  function start(): void {
    progress.isDone = false;
    if (progress.isWaiting) return;
    progress.isWaiting = true;
    last = last.then(run);
  }

  return {
    get isDone() {
      return progress.isDone;
    },
    start,
    async repeat() {
      if (performance.now() - progress.startedAtMs > againMs) start();
      await last;
    },
  };
}
