import { LRUCache } from "lru-cache";

/** Burst: a bucket holds this many seconds' worth. */
const burstSeconds = 5;

/** Buckets held in memory; the one that was used longest ago is forgotten, and would be full again. */
const maxBuckets = 100_000;

/** Token buckets, one for each name. */
type Buckets = {
  /** Whether nothing is left in it for now. */
  isEmpty(name: string): boolean;
  /** Takes out, below zero if need be: a large batch counts in full, and is paid for by what comes after it. */
  take(name: string, count?: number): void;
};

/** `perSecond` flows into each bucket; 0: they are never empty. */
export function createBuckets(perSecond: number): Buckets {
  if (perSecond === 0) return { isEmpty: () => false, take: () => {} };
  const most = perSecond * burstSeconds;
  const buckets = new LRUCache<string, { left: number; atMs: number }>({ max: maxBuckets });

  function fill(name: string): { left: number; atMs: number } {
    const nowMs = performance.now();
    const bucket = buckets.get(name) ?? { left: most, atMs: nowMs };
    bucket.left = Math.min(most, bucket.left + ((nowMs - bucket.atMs) / 1000) * perSecond);
    bucket.atMs = nowMs;
    return bucket;
  }

  return {
    isEmpty: (name) => buckets.has(name) && fill(name).left < 1,
    take(name, count = 1) {
      const bucket = fill(name);
      bucket.left -= count;
      buckets.set(name, bucket);
    },
  };
}
