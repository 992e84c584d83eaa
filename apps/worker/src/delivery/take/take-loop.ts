import { FencedError, type JobQueue, type Lease, type TakenJob } from "@customerio-router/queue";
import type { OnError } from "../../reporting/log-errors.ts";
import type { Backoff } from "../../retry/backoff.ts";
import type { RememberedTries } from "../../retry/remembered-tries.ts";
import { createSignal } from "../../signal.ts";
import type { Hand } from "../hand.ts";
import type { Dispatcher } from "../send/dispatcher.ts";
import type { ActiveJobs } from "./active-jobs.ts";
import type { Capacity } from "./capacity.ts";

/** Poll interval: the longest until a pause is noticed. A loop that awaits jobs is woken. */
const pollWhileBusyMs = 500;
const pollWhilePausedMs = 5_000;

/** Takes jobs while there is capacity, and returns them to the queue while nothing may be sent. */
export type TakeLoop = {
  /** Resolves once it was stopped or the lease is lost. */
  run(): Promise<void>;
  /** New jobs may have come. To be called every few seconds where there are any: a wake-up can be lost. */
  wake(): void;
  /** There may be room, or something else has changed. */
  notify(): void;
  stop(): void;
};

export function createTakeLoop(options: {
  queue: JobQueue;
  lease: Lease;
  hand: Hand;
  backoff: Backoff;
  tries: RememberedTries;
  capacity: Capacity;
  activeJobs: ActiveJobs;
  dispatcher: Pick<Dispatcher, "hold" | "resume" | "notify">;
  /** Maps a job and takes it in hand. */
  admit: (taken: TakenJob) => Promise<void>;
  onError: OnError;
}): TakeLoop {
  const { queue, lease, hand, backoff, tries, capacity, activeJobs, dispatcher } = options;
  const changed = createSignal();
  let stopped = false;
  /** New jobs may have come since Redis was asked. */
  let woken = false;
  /** New jobs would be taken at once. */
  let awaitsJobs = false;

  async function step(): Promise<void> {
    await activeJobs.reconcile();
    woken = false;
    const mayTake = !backoff.long;
    const room = mayTake ? capacity.room() : undefined;
    const { isPaused, isDrained, jobs: taken } = await activeJobs.take(room);
    if (isPaused || !mayTake) return await pause();
    dispatcher.resume();
    if (!taken || !lease.isHeld()) return;
    if (!room) return await changed.wait(pollWhileBusyMs);
    const messagesBefore = hand.messageCount;
    for (const job of taken) await options.admit(job);
    capacity.learn({ jobs: taken.length, messages: hand.messageCount - messagesBefore });
    dispatcher.notify();
    // A wake-up since Redis was asked may be of jobs that came after it.
    if (woken || (!isDrained && taken.length > 0)) return;
    // Where jobs are left that may not be taken yet, as the queue's concurrency bounds them, one that is settled makes room.
    awaitsJobs = isDrained;
    await changed.wait(hand.jobCount > 0 || !isDrained ? pollWhileBusyMs : undefined);
    awaitsJobs = false;
  }

  /** While nothing may be sent, jobs wait in the queue, where a person can see, edit and remove them. */
  async function pause(): Promise<void> {
    dispatcher.hold();
    const released = hand.release();
    tries.remember(released);
    if (released.length > 0) await queue.giveBack(hand.ids());
    await changed.wait(Math.min(backoff.waitMs() || pollWhileBusyMs, pollWhilePausedMs));
  }

  async function recover(error: unknown): Promise<void> {
    activeJobs.doubt();
    // The leases report a lost lease.
    if (lease.isHeld() && !(error instanceof FencedError)) options.onError("take", error);
    await changed.wait(pollWhileBusyMs);
  }

  return {
    async run() {
      while (!stopped && lease.isHeld()) await step().catch(recover);
    },
    wake() {
      woken = true;
      if (awaitsJobs) changed.notify();
    },
    notify() {
      // A loop that awaits jobs has room already; it has to hear that it may go on no more.
      if (!awaitsJobs || backoff.long || !lease.isHeld()) changed.notify();
    },
    stop() {
      stopped = true;
      changed.notify();
    },
  };
}
