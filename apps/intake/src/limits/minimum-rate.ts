/** Slow phones live: this is a quarter of what GPRS gives. */
const bytesPerSecond = 1024;

/** A stall of less than this is the network's. */
const patienceSeconds = 10;

/** How a body arrives, by those who read it. */
type Pace = {
  received(bytes: number): void;
  /** The body ended or failed. */
  stop(): void;
};

/** Ends bodies that hold their memory without arriving. */
export type MinimumRate = {
  watch(onTooSlow: () => void): Pace;
};

/**
 * Each body has ten seconds, and wins one, up to ten, for each KB that arrives. Seconds are counted by a timer, and not
 * read from a clock: a process that was suspended must not find all its callers too slow.
 */
export function createMinimumRate({ secondMs = 1_000 }: { secondMs?: number } = {}): MinimumRate {
  const bodies = new Set<{ secondsLeft: number; onTooSlow: () => void }>();
  let timer: NodeJS.Timeout | undefined;

  function tick(): void {
    for (const body of bodies) {
      body.secondsLeft -= 1;
      if (body.secondsLeft > 0) continue;
      bodies.delete(body);
      body.onTooSlow();
    }
    timer = bodies.size > 0 ? start() : undefined;
  }

  function start(): NodeJS.Timeout {
    return setTimeout(tick, secondMs).unref();
  }

  return {
    watch(onTooSlow) {
      const body = { secondsLeft: patienceSeconds, onTooSlow };
      bodies.add(body);
      if (timer === undefined) timer = start();
      return {
        received(bytes) {
          body.secondsLeft = Math.min(patienceSeconds, body.secondsLeft + bytes / bytesPerSecond);
        },
        stop: () => void bodies.delete(body),
      };
    },
  };
}
