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
  /** Stops all of them. Resolves when each has ended and its lease is released. */
  close(): Promise<void>;
};

export function createOwnedPipelines(
  onError: (error: unknown, connectionId: string) => void,
): OwnedPipelines {
  const pipelines = new Map<string, Pipeline>();
  const adopted = new Set<string>();
  const ending = new Map<string, Promise<void>>();

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
    async close() {
      [...pipelines.keys()].forEach(giveUp);
      await Promise.all(ending.values());
    },
  };
}
