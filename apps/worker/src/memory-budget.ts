import { getHeapStatistics } from "node:v8";

/** Of V8's heap limit half is for messages in hand; the rest is for requests, records and garbage not yet collected. */
const heapShare = 0.5;
/** Heap that a byte of a job's data takes in hand: its text, the parsed entries, the operations and their JSON. */
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
 * Bytes of job data that a process may have in hand, over all of its connections: however many destinations hang, its
 * memory stays bounded. Half goes to whoever comes first; of the other half each connection has an equal part of its own,
 * so that nobody pays for a neighbour.
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
