import type { JobQueue, QueueState, TakenJob } from "@customerio-router/queue";
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
  /** The queue's state, and whether it tells of active jobs that are not in hand, which the next `reconcile` gives back. */
  readState(): Promise<{ state: QueueState; areMore: boolean }>;
  /** Takes jobs, oldest first. @returns undefined where a reply may have been lost: `reconcile` gives them back. */
  take(state: QueueState, room: { jobs: number; bytes: number }): Promise<TakenJob[] | undefined>;
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

    async readState() {
      // Counted before Redis is asked, since jobs that are settled meanwhile are no longer active.
      const inHand = hand.jobCount;
      const state = await queue.state();
      const areMore = state.active > inHand;
      if (areMore) areKnown = false;
      return { state, areMore };
    },

    async take(state, room) {
      const before = hand.jobCount;
      const { jobs, active } = await queue.take(state, room.jobs, room.bytes);
      areKnown = breaks === options.breaks() && active <= before + jobs.length;
      return areKnown ? jobs : undefined;
    },
  };
}
