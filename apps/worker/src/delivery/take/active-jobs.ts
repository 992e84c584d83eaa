import type { JobQueue, Taken, TakenJob } from "@customerio-router/queue";
import type { Hand } from "../hand.ts";

/**
 * Keeps the active jobs in Redis the same as those in hand. They differ at a takeover, after a reply of Redis was
 * lost, and when a former owner took some late.
 */
export type ActiveJobs = {
  /** Something went wrong with Redis: compare before the next take. */
  doubt(): void;
  /** Gives back those not in hand where there may be any. */
  reconcile(): Promise<void>;
  /**
   * Takes jobs, oldest first; without room none. `jobs` is undefined where there may be active ones that are not in hand,
   * such as those of a reply that was lost: `reconcile` gives them back.
   */
  take(
    room: { jobs: number; bytes: number } | undefined,
  ): Promise<Pick<Taken, "isPaused" | "isDrained"> & { jobs: TakenJob[] | undefined }>;
};

export function createActiveJobs(options: {
  queue: JobQueue;
  hand: Hand;
  /** How often the connection to Redis has broken. */
  breaks: () => number;
}): ActiveJobs {
  const { queue, hand } = options;
  let areKnown = false;
  let breaks = options.breaks();

  return {
    doubt() {
      areKnown = false;
    },

    async reconcile() {
      if (areKnown && breaks === options.breaks()) return;
      breaks = options.breaks();
      // All of them are younger than those in hand.
      await queue.giveBack(hand.ids());
      areKnown = true;
    },

    async take({ jobs: count, bytes } = { jobs: 0, bytes: 0 }) {
      // Counted before Redis is asked, since jobs that are settled meanwhile are no longer active.
      const known = hand.jobCount;
      const { jobs, active, ...state } = await queue.take(count, { bytes, known });
      areKnown = breaks === options.breaks() && active <= known + jobs.length;
      return { ...state, jobs: areKnown ? jobs : undefined };
    },
  };
}
