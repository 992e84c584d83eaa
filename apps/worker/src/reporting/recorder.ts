import { messageIdOf } from "@customerio-router/messages";
import type { RedisClient } from "@customerio-router/redis";
import { type MessageRecord, type Outcome, writeRecords } from "@customerio-router/reports";
import type { PendingJob, PendingMessage } from "../delivery/pending.ts";

/** How long records are collected into one group. A kill -9 loses at most this much of them. */
const gatherMs = 200;
const maxGathered = 500;

/** Records the outcomes of a connection's messages. */
export type Recorder = {
  add(message: PendingMessage, outcome: Outcome): void;
  /** Writes the collected records. */
  close(): Promise<void>;
};

export function createRecorder(options: {
  redis: RedisClient;
  connectionId: string;
  onError: (error: unknown) => void;
}): Recorder {
  let gathered = new Map<PendingMessage, MessageRecord>();
  let timer: NodeJS.Timeout | undefined;

  async function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const { records, wholeJobs } = arrange(gathered);
    gathered = new Map();
    // Records are for people: a failed write must not delay deliveries.
    await writeRecords(options.redis, options.connectionId, records, wholeJobs).catch(options.onError);
  }

  return {
    add(message, outcome) {
      gathered.set(message, describe(message, outcome));
      if (gathered.size >= maxGathered) void write();
      else timer ??= setTimeout(write, gatherMs);
    },
    close: write,
  };
}

/** The records by job, and the data of jobs that are there with all of their messages, in the order of these. */
function arrange(gathered: ReadonlyMap<PendingMessage, MessageRecord>): {
  records: MessageRecord[];
  wholeJobs: Map<string, string>;
} {
  const wholeJobs = new Map<string, string>();
  const records: MessageRecord[] = [];
  for (const [id, messages] of Map.groupBy(gathered.keys(), ({ job }) => job.taken.id)) {
    const job = wholeJob(messages);
    if (job) wholeJobs.set(id, job.taken.text);
    for (const message of job?.messages ?? messages) records.push(gathered.get(message) as MessageRecord);
  }
  return { records, wholeJobs };
}

/** The job whose messages these are, if it has no others. A job may have been taken twice. */
function wholeJob(messages: PendingMessage[]): PendingJob | undefined {
  const job = messages[0]?.job;
  const isWhole =
    job?.messages.length === messages.length && messages.every((message) => message.job === job);
  return isWhole ? job : undefined;
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
    ...(entry.salvaged === true && { salvaged: true }),
    ...(entry.warnings && { warnings: entry.warnings }),
    message: entry.message,
  };
}
