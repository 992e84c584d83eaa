import { randomBytes } from "node:crypto";
import { type Entry, readId, valueAt } from "@customerio-router/messages";
import { patience, withTimeout } from "@customerio-router/redis";
import { ConnectionGoneError, createJobAdder, type JobAdderOptions, type Known } from "./job-adder.ts";
import { type Arrival, intoJobs, type NewJob } from "./new-job.ts";
import { digestMessageId } from "./remembered-ids.ts";
import { createUnderWay, type UnderWay } from "./under-way.ts";

/** The messages were not kept in time: nothing may be acknowledged. */
export class QueueUnavailableError extends Error {
  override name = "QueueUnavailableError";
}

/** While no write is under way, the first message waits this long for others. */
const gatherMs = 2;

/** Maximum size of one write, so that each ends in time. */
const writeEntries = 2_500;

/** Resolves once the jobs are durable, in their order and behind those of the connection that were kept before. */
export type Keep = (connectionId: string, jobs: NewJob[]) => Promise<Known>;

export type Enqueuer = {
  /**
   * Resolves once all entries are durable, in their order and behind those enqueued before. `messageIds` are those that
   * callers gave their messages, one for each entry: what comes again under one is kept once, now and for some time.
   * Where a caller gave none, it is the one in the message that counts: intake itself may add it again.
   * @returns of each entry, whether the connection had it before; undefined where nobody can say
   * @throws ConnectionGoneError
   * @throws QueueUnavailableError; some of the entries may be kept all the same
   */
  enqueue(
    connectionId: string,
    entries: Entry[],
    messageIds?: readonly (string | undefined)[],
  ): Promise<(boolean | undefined)[]>;
  close(): Promise<void>;
};

type Waiting = { arrivals: Arrival[]; resolve: (known: Known) => void; reject: (error: Error) => void };
type Group = {
  waiting: Waiting[];
  underWay: UnderWay;
  isWriting: boolean;
  timer: NodeJS.Timeout | undefined;
};

/**
 * Group commit: messages that come while a write for their connection is under way share the next one, so
 * that an idle service writes a job a message and a busy one groups by itself. Kept in Redis, in good time
 * or not at all, unless `keep` sees to it.
 */
export function createEnqueuer(options: JobAdderOptions | { keep: Keep }): Enqueuer {
  const keep = "keep" in options ? options.keep : keepInRedis(options);
  const groups = new Map<string, Group>();

  function groupOf(connectionId: string): Group {
    const group = groups.get(connectionId) ?? {
      waiting: [],
      underWay: createUnderWay(),
      isWriting: false,
      timer: undefined,
    };
    groups.set(connectionId, group);
    return group;
  }

  async function write(connectionId: string, group: Group): Promise<void> {
    group.timer = undefined;
    group.isWriting = true;
    const batch = takeSome(group.waiting);
    try {
      const known = await keep(connectionId, intoJobs(batch.flatMap(({ arrivals }) => arrivals)));
      for (const { resolve } of batch) resolve(known);
    } catch (error) {
      const told =
        error instanceof ConnectionGoneError
          ? error
          : new QueueUnavailableError("The messages could not be kept", { cause: error });
      for (const { reject } of batch) reject(told);
    }
    group.isWriting = false;
    if (group.waiting.length > 0) void write(connectionId, group);
    else groups.delete(connectionId);
  }

  function join(connectionId: string, group: Group, arrivals: Arrival[]): Promise<Known> {
    const { promise, resolve, reject } = Promise.withResolvers<Known>();
    group.waiting.push({ arrivals, resolve, reject });
    if (!group.isWriting) group.timer ??= setTimeout(write, gatherMs, connectionId, group);
    return promise;
  }

  return {
    async enqueue(connectionId, entries, messageIds = []) {
      if (entries.length === 0) return [];
      const arrivals = entries.map((entry, index): Arrival => {
        const messageId = messageIds[index] ?? readId(valueAt(entry.message, "messageId"));
        return { entry, digest: messageId === undefined ? makeDigest() : digestMessageId(messageId) };
      });
      const group = groupOf(connectionId);
      const { fresh, copies } = group.underWay.sort(arrivals);
      const kept = fresh.length > 0 ? join(connectionId, group, fresh) : undefined;
      if (kept !== undefined) group.underWay.follow(fresh, kept);
      const [known] = await Promise.all([kept, ...copies]);
      return tellKnown(arrivals, fresh, known as Known);
    },

    async close() {
      while (groups.size > 0) await new Promise((resolve) => setTimeout(resolve, gatherMs));
    },
  };
}

function keepInRedis(options: JobAdderOptions): Keep {
  const adder = createJobAdder(options);
  return (connectionId, jobs) =>
    withTimeout(patience.withoutSpoolMs, (signal) => adder.add(connectionId, jobs, signal));
}

/** A copy of one that is under way, or stands earlier among the arrivals, is known too. */
function tellKnown(arrivals: Arrival[], fresh: Arrival[], known: Known): (boolean | undefined)[] {
  const firsts = new Set(fresh.map(({ digest }) => digest));
  return arrivals.map(({ digest }) => !firsts.delete(digest) || known?.has(digest));
}

/** For a message that is kept without any id, being none of ours: it is known again by its job alone. */
function makeDigest(): string {
  return randomBytes(9).toString("base64url");
}

/** Removes the oldest that fit in one write, at least one. */
function takeSome(waiting: Waiting[]): Waiting[] {
  let entries = 0;
  let count = 0;
  while (count < waiting.length && (count === 0 || entries < writeEntries)) {
    entries += (waiting[count] as Waiting).arrivals.length;
    count += 1;
  }
  return waiting.splice(0, count);
}
