import { getHeapStatistics } from "node:v8";

/** Parsed, JSON takes up to 14 times its bytes (tried: empty arrays in an array). */
const heapShare = 1 / 32;

/** However small the heap, a few of the largest bodies fit. */
const leastBytes = 16 * 1024 * 1024;

/** What one request takes of the memory for bodies. */
export type BodyClaim = {
  /** False when there is no room for so many bytes more. */
  take(bytes: number): boolean;
  /** Gives all of it back. */
  release(): void;
};

/** The bytes of all bodies that are being read or kept at the moment: bounded, whatever clients do. */
export function createBodyMemory(
  mostBytes = Math.max(leastBytes, getHeapStatistics().heap_size_limit * heapShare),
): { claim(): BodyClaim } {
  let takenBytes = 0;
  return {
    claim() {
      let claimed = 0;
      return {
        take(bytes) {
          if (takenBytes + bytes > mostBytes) return false;
          takenBytes += bytes;
          claimed += bytes;
          return true;
        },
        release() {
          takenBytes -= claimed;
          claimed = 0;
        },
      };
    },
  };
}
