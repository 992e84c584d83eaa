/** Maximum jobs added at once. */
const maxJobs = 500;

/** How long a connection pauses after a failure. */
const pauseMs = 500;

/** How many jobs of each connection are added at once: half as many after a failure, twice as many after a success. */
export type DrainPace = {
  /** Jobs to add now; 0 while the connection pauses. */
  jobsNow(connectionId: string): number;
  speedUp(connectionId: string): void;
  slowDown(connectionId: string): void;
};

export function createDrainPace(): DrainPace {
  /** Connections with a failure since they last went at full pace. */
  const slowed = new Map<string, { jobs: number; pausedUntil: number }>();
  const jobsOf = (connectionId: string) => slowed.get(connectionId)?.jobs ?? maxJobs;

  return {
    jobsNow(connectionId) {
      const isPaused = performance.now() < (slowed.get(connectionId)?.pausedUntil ?? 0);
      return isPaused ? 0 : jobsOf(connectionId);
    },
    speedUp(connectionId) {
      const jobs = 2 * jobsOf(connectionId);
      if (jobs > maxJobs) slowed.delete(connectionId);
      else slowed.set(connectionId, { jobs, pausedUntil: 0 });
    },
    slowDown(connectionId) {
      const jobs = Math.ceil(jobsOf(connectionId) / 2);
      slowed.set(connectionId, { jobs, pausedUntil: performance.now() + pauseMs });
    },
  };
}
