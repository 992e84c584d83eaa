import { type Connection, mapByRules } from "@customerio-router/connections";
import type { Operation } from "@customerio-router/customerio";
import type { RedisClient } from "@customerio-router/redis";
import { listRecords, type MessageRecord } from "@customerio-router/reports";
import type { CompiledRules } from "@customerio-router/rules";
import type { Queue } from "bullmq";
import { type FailedMessage, failedMessages } from "./failed-messages.ts";
import { changedBy, touchedBy } from "./touched.ts";

const recordsAtOnce = 500;
/** Records looked through, newest first. */
const searchedRecords = 20_000;

/** Failed jobs whose retry may turn back what newer messages have set. */
export type Overtaken = {
  /** Newer messages about the same person or object were delivered. */
  jobIds: Set<string>;
  /** The records do not reach back far enough to know. */
  unknownJobIds: Set<string>;
};

/** A failed message that changes state. */
type Change = { jobId: string; messageId: string; receivedAtMs: number };

/** Notes failed messages as they are read, and finds out which of them newer ones have overtaken. */
export function watchOvertaken(redis: RedisClient, connection: Connection, rules: CompiledRules | undefined) {
  const changes = new Set<Change>();
  const byKey = new Map<string, Change[]>();
  const mapping = { ...connection.settings, connectionId: connection.id };

  function operationsOf(kept: Parameters<typeof mapByRules>[0]): Operation[] {
    const { result } = mapByRules(kept, { connection: mapping, rules });
    return result.kind === "operations" ? result.operations : [];
  }

  function note({ jobId, messageId, message, entry, isCut, failedAtMs }: FailedMessage): void {
    const keys = isCut ? [] : operationsOf(entry).flatMap(changedBy);
    if (keys.length === 0) return;
    const change = { jobId, messageId, receivedAtMs: receivedAtMs(message) ?? failedAtMs };
    changes.add(change);
    for (const key of new Set(keys)) byKey.set(key, [...(byKey.get(key) ?? []), change]);
  }

  function overtakenBy(record: MessageRecord): Change[] {
    if (record.outcome !== "delivered") return [];
    const sinceMs = receivedAtMs(record.message) ?? record.atMs;
    const touched = operationsOf(record).flatMap(touchedBy);
    return touched.flatMap((key) => byKey.get(key) ?? []).filter((change) => change.receivedAtMs <= sinceMs);
  }

  return {
    async *noting(messages: AsyncIterable<FailedMessage>): AsyncGenerator<FailedMessage> {
      for await (const message of messages) {
        note(message);
        yield message;
      }
    },

    async find(): Promise<Overtaken> {
      const found: Overtaken = { jobIds: new Set(), unknownJobIds: new Set() };
      const oldestMs = Math.min(...[...changes].map((change) => change.receivedAtMs));
      const recorded = new Set<string>();
      let reachedMs = Number.POSITIVE_INFINITY;
      let before: string | undefined;
      for (let searched = 0; changes.size > 0 && searched < searchedRecords && reachedMs >= oldestMs; ) {
        const page = await listRecords(redis, connection.id, { limit: recordsAtOnce, before });
        for (const record of page.records) {
          reachedMs = Math.min(reachedMs, record.atMs);
          recorded.add(nameOf(record));
          for (const { jobId } of overtakenBy(record)) found.jobIds.add(jobId);
        }
        searched += page.records.length;
        before = page.next;
        if (before === undefined) break;
      }
      for (const change of changes) {
        // What came after it was recorded after it: where its own record is still there, all of theirs are.
        const isKnown = change.receivedAtMs > reachedMs || recorded.has(nameOf(change));
        if (!isKnown && !found.jobIds.has(change.jobId)) found.unknownJobIds.add(change.jobId);
      }
      return found;
    },
  };
}

/** All jobs of a connection whose retry turns something back, or may do so for all that is known. */
export async function overtakenJobs(
  redis: RedisClient,
  connection: Connection,
  { queue, rules }: { queue: Queue; rules: CompiledRules | undefined },
): Promise<Set<string>> {
  const watch = watchOvertaken(redis, connection, rules);
  for await (const _ of watch.noting(failedMessages({ connection, queue }, Number.POSITIVE_INFINITY)));
  const { jobIds, unknownJobIds } = await watch.find();
  return jobIds.union(unknownJobIds);
}

function nameOf({ jobId, messageId }: { jobId: string; messageId: string }): string {
  return JSON.stringify([jobId, messageId]);
}

function receivedAtMs(message: unknown): number | undefined {
  const at =
    typeof message === "object" && message !== null && "receivedAt" in message
      ? message.receivedAt
      : undefined;
  const ms = typeof at === "string" ? Date.parse(at) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
