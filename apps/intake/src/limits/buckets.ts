import { LRUCache } from "lru-cache";

/** Burst: a bucket holds this many seconds' worth. */
const burstSeconds = 5;

/** Buckets held in memory; the one that was used longest ago is forgotten, and would be full again. */
const maxBuckets = 100_000;

/** Token buckets, one for each name; `perSecond` is the rate of one that has its own. */
type Buckets = {
  /** Whether nothing is left in it for now. */
  isEmpty(name: string, perSecond?: number): boolean;
  /** Takes out, below zero if need be: a large batch counts in full, and is paid for by what comes after it. */
  take(name: string, count: number, perSecond?: number): void;
};

/** `usualPerSecond` flows into each bucket; 0: they are never empty. */
export function createBuckets(usualPerSecond: number): Buckets {
  const buckets = new LRUCache<string, { left: number; atMs: number }>({ max: maxBuckets });

  function fill(name: string, perSecond: number): { left: number; atMs: number } {
    const nowMs = performance.now();
    const most = perSecond * burstSeconds;
    const bucket = buckets.get(name) ?? { left: most, atMs: nowMs };
    bucket.left = Math.min(most, bucket.left + ((nowMs - bucket.atMs) / 1000) * perSecond);
    bucket.atMs = nowMs;
    return bucket;
  }

  return {
    isEmpty: (name, perSecond = usualPerSecond) =>
      perSecond > 0 && buckets.has(name) && fill(name, perSecond).left < 1,
    take(name, count, perSecond = usualPerSecond) {
      if (perSecond === 0) return;
      const bucket = fill(name, perSecond);
      bucket.left -= count;
      buckets.set(name, bucket);
    },
  };
}
