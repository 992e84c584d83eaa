import type { Pipeline } from "../delivery/pipeline.ts";
import { findSurplus } from "./fair-share.ts";

/** The pipelines of the connections this process works on, oldest first. */
export type OwnedPipelines = {
  get(connectionId: string): Pipeline | undefined;
  all(): Pipeline[];
  /** Whether the connection's pipeline is open here, or was and has not ended yet. */
  holds(connectionId: string): boolean;
  /** Whether the share is reached, not counting adopted ones. */
  fills(share: number): boolean;
  /** Adopted ones are beyond the share, and stay until `endAdoptions`. */
  add(pipeline: Pipeline, isAdopted: boolean): void;
  /** From now on adopted ones count towards the share. */
  endAdoptions(): void;
  /** Stops what is beyond the share, and what has lost its lease or its connection. */
  giveUpSurplus(share: number, exists: (connectionId: string) => boolean): void;
  /**
   * Stops a pipeline, does the work while nothing of its connection is in hand, and has it opened again under the same
   * lease. False when there is none.
   */
  suspend(
    connectionId: string,
    work: () => Promise<void>,
    reopen: (pipeline: Pipeline) => Promise<Pipeline>,
  ): Promise<boolean>;
  /** Stops all of them. Resolves when each has ended and its lease is released. */
  close(): Promise<void>;
};

export function createOwnedPipelines(
  onError: (error: unknown, connectionId: string) => void,
): OwnedPipelines {
  const pipelines = new Map<string, Pipeline>();
  const adopted = new Set<string>();
  const ending = new Map<string, Promise<void>>();
  let isClosed = false;

  async function workBetween(
    pipeline: Pipeline,
    work: () => Promise<void>,
    reopen: (pipeline: Pipeline) => Promise<Pipeline>,
  ): Promise<void> {
    const { lease } = pipeline;
    const { connectionId } = lease;
    const wasAdopted = adopted.has(connectionId);
    pipelines.delete(connectionId);
    adopted.delete(connectionId);
    try {
      await pipeline.stop();
      if (lease.isHeld()) await work();
    } finally {
      const isNeeded = !isClosed && lease.isHeld();
      const reopened = isNeeded
        ? await reopen(pipeline).catch((error) => onError(error, connectionId))
        : null;
      if (reopened) {
        pipelines.set(connectionId, reopened);
        if (wasAdopted) adopted.add(connectionId);
      } else await lease.release().catch((error) => onError(error, connectionId));
    }
  }

  function giveUp(connectionId: string): void {
    const pipeline = pipelines.get(connectionId);
    if (!pipeline) return;
    pipelines.delete(connectionId);
    adopted.delete(connectionId);
    const ended = pipeline
      .stop()
      .then(() => pipeline.lease.release())
      .catch((error) => onError(error, connectionId))
      .finally(() => ending.delete(connectionId));
    ending.set(connectionId, ended);
  }

  return {
    get: (connectionId) => pipelines.get(connectionId),
    all: () => [...pipelines.values()],
    holds: (connectionId) => pipelines.has(connectionId) || ending.has(connectionId),
    fills: (share) => pipelines.size - adopted.size >= share,
    add(pipeline, isAdopted) {
      const { connectionId } = pipeline.lease;
      pipelines.set(connectionId, pipeline);
      if (isAdopted) adopted.add(connectionId);
    },
    endAdoptions: () => adopted.clear(),
    giveUpSurplus(share, exists) {
      const owned = [...pipelines].map(([id, { lease }]) => ({
        id,
        isValid: exists(id) && lease.isHeld(),
        isAdopted: adopted.has(id),
      }));
      findSurplus(owned, share).forEach(giveUp);
    },
    async suspend(connectionId, work, reopen) {
      const pipeline = pipelines.get(connectionId);
      if (pipeline === undefined) return false;
      const working = workBetween(pipeline, work, reopen).finally(() => ending.delete(connectionId));
      // Whoever closes waits for it; the caller hears of its errors.
      ending.set(
        connectionId,
        working.catch(() => {}),
      );
      await working;
      return true;
    },
    async close() {
      isClosed = true;
      [...pipelines.keys()].forEach(giveUp);
      await Promise.all(ending.values());
    },
  };
}
