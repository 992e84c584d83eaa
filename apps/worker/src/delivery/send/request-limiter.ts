import type { Grant } from "@customerio-router/queue";

/**
 * The limiter of one connection's requests. Redis counts them over all owners the connection has; but its grant may
 * arrive late, and so this process also keeps the times at which it really sent, on its own clock.
 */
export type RequestLimiter = {
  /** How many of these requests may go now, and when there are none, how long to wait. */
  ask(wanted: number): Promise<Grant>;
  /** Records that this many requests are sent now. */
  count(requests: number): void;
};

export function createRequestLimiter(options: {
  limits: () => { max: number; duration: number };
  /** Asks Redis. */
  ask: (wanted: number) => Promise<Grant>;
}): RequestLimiter {
  /** When requests were sent, oldest first; those before `first` no longer count. */
  const sentAtMs: number[] = [];
  let first = 0;

  /** How many more may go by this process's own count, and when the next one may. */
  function ownRoom(): Grant {
    const { max, duration } = options.limits();
    const now = performance.now();
    while (first < sentAtMs.length && (sentAtMs[first] as number) <= now - duration) first += 1;
    if (first > sentAtMs.length / 2) {
      sentAtMs.splice(0, first);
      first = 0;
    }
    const requests = max - (sentAtMs.length - first);
    if (requests > 0) return { requests, waitMs: 0 };
    return { requests: 0, waitMs: Math.ceil((sentAtMs.at(-max) as number) + duration - now) };
  }

  return {
    async ask(wanted) {
      const own = ownRoom();
      if (own.requests === 0) return own;
      return await options.ask(Math.min(wanted, own.requests));
    },
    count(requests) {
      const now = performance.now();
      for (let left = requests; left > 0; left--) sentAtMs.push(now);
    },
  };
}
