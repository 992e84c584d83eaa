import type { BudgetShare } from "../../memory-budget.ts";
import type { Backoff } from "../../retry/backoff.ts";
import type { Hand } from "../hand.ts";

const maxJobsPerTake = 64;
/** Full requests that are ready to go, where the queue has as many. */
const requestsAhead = 4;
/** Prefetch limit: one person's blocked messages delay others only beyond this. The budget may allow less. */
const maxBytesInHand = 32 * 1024 * 1024;

/** How much more of the queue may be taken. */
export type Capacity = {
  /** Jobs and bytes; undefined when nothing may be taken now. */
  room(): { jobs: number; bytes: number } | undefined;
  /** What the last take brought. */
  learn(taken: { jobs: number; messages: number }): void;
};

export function createCapacity(options: {
  hand: Hand;
  budget: Pick<BudgetShare, "room">;
  backoff: Pick<Backoff, "probing">;
  batchOperations: () => number;
}): Capacity {
  const { hand, budget, backoff, batchOperations } = options;
  let messagesPerJob = 1;

  /** Messages per take. A larger take delays the replies that share its connection to Redis, and uses memory. */
  function messages(): number {
    const ahead = backoff.probing ? 1 : requestsAhead;
    return ahead * batchOperations() - hand.order.readyCount;
  }

  /** A connection with nothing in hand may always take a job. */
  function bytes(): number {
    const room = Math.min(maxBytesInHand - hand.bytes, budget.room());
    return hand.jobCount === 0 ? Math.max(room, 1) : room;
  }

  return {
    room() {
      const room = { jobs: Math.min(Math.ceil(messages() / messagesPerJob), maxJobsPerTake), bytes: bytes() };
      return room.jobs > 0 && room.bytes > 0 ? room : undefined;
    },
    learn({ jobs, messages }) {
      if (jobs > 0) messagesPerJob = Math.max(1, messages / jobs);
    },
  };
}
