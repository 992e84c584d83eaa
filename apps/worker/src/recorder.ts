import { type MessageRecord, type RedisClient, writeRecords } from "@customerio-router/queue";
import { messageIdOf } from "./message-id.ts";
import type { Outcome, PendingMessage } from "./pending.ts";

/** Records gather for so long, so that a quiet connection's do not make a group each. What a kill -9 can cost of them. */
const gatherMs = 200;
const mostGathered = 500;

/** Writes down what became of a connection's messages. */
export type Recorder = {
  add(message: PendingMessage, outcome: Outcome): void;
  /** Writes what is gathered. */
  close(): Promise<void>;
};

export function createRecorder(options: {
  redis: RedisClient;
  connectionId: string;
  onTrouble: (error: unknown) => void;
}): Recorder {
  let gathered: MessageRecord[] = [];
  let timer: NodeJS.Timeout | undefined;

  async function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const records = gathered;
    gathered = [];
    // A record is for people; that it could not be written must not hold up what is delivered.
    await writeRecords(options.redis, options.connectionId, records).catch(options.onTrouble);
  }

  return {
    add(message, outcome) {
      gathered.push(describe(message, outcome));
      if (gathered.length >= mostGathered) void write();
      else timer ??= setTimeout(write, gatherMs);
    },
    close: write,
  };
}

function describe({ job, entry, operations }: PendingMessage, outcome: Outcome): MessageRecord {
  // The pieces of one identify mostly share their requests.
  const attempts = [...new Set(operations.flatMap(({ tries }) => tries.attempts))];
  return {
    messageId: messageIdOf(entry.message),
    jobId: job.taken.id,
    atMs: Date.now(),
    outcome: outcome.kind,
    ...(outcome.kind === "skipped" && { reason: outcome.reason }),
    ...(outcome.kind === "rejected" && { rejection: outcome.rejection }),
    requests: Math.max(0, ...operations.map(({ tries }) => tries.requests)),
    attempts,
    message: entry.message,
  };
}
