import { messageIdOf } from "@customerio-router/messages";
import type { PendingJob, PendingMessage, Tries } from "../delivery/pending.ts";

const maxRemembered = 20_000;

/** What is remembered of failed requests while their messages are back in the queue. */
export type RememberedTries = {
  readonly isEmpty: boolean;
  /** Of a message's operation, by its place among the message's operations. */
  of(message: PendingMessage, piece: number): Tries | undefined;
  remember(jobs: readonly PendingJob[]): void;
  forget(job: PendingJob): void;
};

export function createRememberedTries(): RememberedTries {
  const remembered = new Map<string, Tries>();

  return {
    get isEmpty() {
      return remembered.size === 0;
    },
    of: (message, piece) => (remembered.size === 0 ? undefined : remembered.get(keyOf(message, piece))),
    remember(jobs) {
      if (remembered.size > maxRemembered) remembered.clear();
      for (const message of jobs.flatMap(({ messages }) => messages)) {
        for (const [piece, { tries }] of message.operations.entries()) {
          if (tries.requests > 0) remembered.set(keyOf(message, piece), tries);
        }
      }
    },
    forget({ messages }) {
      if (remembered.size === 0) return;
      for (const message of messages) {
        for (const piece of message.operations.keys()) remembered.delete(keyOf(message, piece));
      }
    },
  };
}

/** Names an operation across the times its job is taken. */
function keyOf({ job, entry }: PendingMessage, piece: number): string {
  return `${job.taken.id}/${messageIdOf(entry.message)}/${piece}`;
}
