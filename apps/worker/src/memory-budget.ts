import { getHeapStatistics } from "node:v8";

/** Half of V8's heap limit is for taken messages; the rest is for requests, records and uncollected garbage. */
const heapShare = 0.5;
/** Heap bytes per byte of job data: its text, the parsed entries, the operations and their JSON. */
const heapPerByte = 8;

/** What one connection has taken of the budget. */
export type BudgetShare = {
  /** Bytes of job data that may be taken now. */
  room(): number;
  hold(bytes: number): void;
  release(bytes: number): void;
  close(): void;
};

/**
 * Bounds the bytes of job data that a process holds for all its connections, however many destinations hang. Half is
 * first come, first served; the other half is divided equally, so that no connection starves another.
 */
export type MemoryBudget = { readonly totalBytes: number; join(): BudgetShare };

export function createMemoryBudget(
  totalBytes = Math.floor((getHeapStatistics().heap_size_limit * heapShare) / heapPerByte),
): MemoryBudget {
  const halfBytes = totalBytes / 2;
  let shares = 0;
  let heldBytes = 0;

  return {
    totalBytes,
    join() {
      let ownBytes = 0;
      shares += 1;
      return {
        room: () => Math.max(0, halfBytes - heldBytes, halfBytes / shares - ownBytes),
        hold(bytes) {
          ownBytes += bytes;
          heldBytes += bytes;
        },
        release(bytes) {
          ownBytes -= bytes;
          heldBytes -= bytes;
        },
        close() {
          heldBytes -= ownBytes;
          ownBytes = 0;
          shares -= 1;
        },
      };
    },
  };
}
