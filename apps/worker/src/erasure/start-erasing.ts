import { closeErasure, type Erasure, listOpenErasures, readPart } from "@customerio-router/connections";
import { FencedError } from "@customerio-router/queue";
import { startRepeating } from "@customerio-router/service";
import type { Pipeline } from "../delivery/pipeline.ts";
import type { EraseContext } from "./erase-context.ts";
import { eraseInConnection } from "./erase-in-connection.ts";

const everyMs = 1_000;
/** After a round that left something outstanding, a connection is looked at again this much later, twice as late each time. */
const firstPauseMs = 1_000;
const maxPauseMs = 60_000;

/** Carries out the erasures of the connections that this process owns, one connection after the other. */
export function startErasing(
  options: Omit<EraseContext, "mayGoOn"> & {
    pipelines: () => Pipeline[];
    onError: (error: unknown, connectionId?: string) => void;
  },
): AsyncDisposable {
  const { redis, store, pipelines, onError } = options;
  const closing = new AbortController();
  const context: EraseContext = { ...options, mayGoOn: () => !closing.signal.aborted };
  const pauses = new Map<string, { untilMs: number; lengthMs: number; erasures: number }>();
  let working = Promise.resolve();

  async function eraseIn({ lease, connection }: Pipeline, open: Erasure[]): Promise<void> {
    const { connectionId } = lease;
    const erasures: Erasure[] = [];
    for (const erasure of open) {
      if (!erasure.connections.includes(connectionId)) continue;
      const { doneAtMs } = await readPart(redis, connectionId, erasure.id);
      if (doneAtMs === undefined) erasures.push(erasure);
    }
    if (erasures.length === 0) {
      pauses.delete(connectionId);
      options.replays.resume(connectionId);
      return;
    }
    const pause = pauses.get(connectionId);
    const isNew = pause?.erasures !== erasures.length;
    if (pause && !isNew && performance.now() < pause.untilMs) return;
    const lengthMs = pause && !isNew ? Math.min(2 * pause.lengthMs, maxPauseMs) : firstPauseMs;
    await eraseInConnection(context, { connection, lease, erasures }).catch((error) => {
      if (!(error instanceof FencedError) && lease.isHeld()) onError(error, connectionId);
    });
    pauses.set(connectionId, { untilMs: performance.now() + lengthMs, lengthMs, erasures: erasures.length });
  }

  /** One that is done in all connections that still exist. */
  async function close(erasure: Erasure): Promise<void> {
    for (const connectionId of erasure.connections) {
      const { doneAtMs } = await readPart(redis, connectionId, erasure.id);
      if (doneAtMs === undefined && (await store.has(connectionId))) return;
    }
    await closeErasure(redis, erasure.id);
  }

  async function round(): Promise<void> {
    const open = await listOpenErasures(redis);
    if (open.length === 0) return;
    for (const pipeline of pipelines()) if (context.mayGoOn()) await eraseIn(pipeline, open);
    for (const erasure of open) await close(erasure);
  }

  const repeating = startRepeating(everyMs, () => {
    working = round().catch((error) => onError(error));
    return working;
  });
  return {
    async [Symbol.asyncDispose]() {
      closing.abort();
      repeating[Symbol.dispose]();
      await working;
    },
  };
}
