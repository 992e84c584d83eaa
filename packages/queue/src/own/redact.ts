import { type Entry, type JobData, readJobText, writeJobData } from "@customerio-router/messages";
import { defineScript, ownerKeys, type RedisClient } from "@customerio-router/redis";
import {
  changesOfContent,
  contentOf,
  raising,
  readBody,
  readContent,
  readTraceList,
  redactTraces,
  replaceBody,
  splitElement,
} from "@customerio-router/reports";
import { type ScannedElement, type ScannedJob, scanBodies, scanJobs } from "../scan-jobs.ts";
import { FencedError, fencing } from "./fencing.ts";
import type { Lease } from "./lease.ts";
import { markCutRedacted } from "./outbox.ts";

/** What an owner removes of people who are erased. */
export type Redaction = {
  /** Asked before each job. */
  mayGoOn(): boolean;
  /** False for text that names none of them: it is not read. */
  mayConcern(text: string): boolean;
  /** What is kept of a message that concerns them; undefined when it does not. Operations are those that were sent. */
  redact(entry: Entry, operations: unknown[]): Entry | undefined;
  /** Counted in the same step, for the redacted messages of one job: amounts by field, by key. */
  count(
    entries: Entry[],
    state: "waiting" | "failed" | "records",
  ): [key: string, field: string, by: number][];
};

type Owned = { redis: RedisClient; lease: Lease };

/** Unless the job has other data by now. Data that changes means the messages of the ledger stay the same, or are corrected. */
const redactJob = defineScript<number>(
  "redactJob",
  `${fencing}${raising}
   local lease, fence, job, totals, counts = unpack(KEYS)
   local token, data, redacted, traces, reason, former, latter, keys = unpack(ARGV)
   if not owns(lease, fence, token) then return -1 end
   if redis.call('HGET', job, 'data') ~= data then return 0 end
   redis.call('HSET', job, 'data', redacted)
   if traces ~= '' then redis.call('HSET', job, 'traces', traces) end
   if reason ~= '' then redis.call('HSET', job, 'failedReason', reason, 'stacktrace', '[]') end
   for index = 1, keys do redis.call('HINCRBY', KEYS[5 + index], ARGV[7 + 2 * index], ARGV[8 + 2 * index]) end
   if former ~= latter and redis.call('HGET', job, 'ledger') == former then
     redis.call('HSET', job, 'ledger', latter)
     raiseAll(totals, counts, ARGV, 9 + 2 * keys)
   end
   return 1`,
);

const redactElement = defineScript<number>(
  "redactElement",
  `${fencing}
   local lease, fence, outbox, meta = unpack(KEYS)
   local token, number, former, latter, keys = unpack(ARGV)
   if not owns(lease, fence, token) then return -1 end
   local place = number - tonumber(redis.call('HGET', meta, 'removed') or 0) - 1
   if place < 0 or redis.call('LINDEX', outbox, place) ~= former then return 0 end
   redis.call('LSET', outbox, place, latter)
   for index = 1, keys do redis.call('HINCRBY', KEYS[4 + index], ARGV[4 + 2 * index], ARGV[5 + 2 * index]) end
   return 1`,
);

/**
 * Removes people from all jobs and records that Redis has of a connection: their messages stay as what `redact` leaves of
 * them. Nothing of the connection may be in hand. Run again until it finds nothing: what was edited meanwhile is left for
 * the next run. @returns whether anything was left
 * @throws FencedError
 */
export async function redactPeople(owned: Owned, redaction: Redaction): Promise<{ isClean: boolean }> {
  const { redis, lease } = owned;
  let isClean = true;
  await markCutRedacted(redis, lease);
  for await (const job of scanJobs(redis, lease.connectionId)) {
    if (!redaction.mayGoOn()) return { isClean: false };
    if (!redaction.mayConcern(`${job.data}${job.traces ?? ""}`)) continue;
    if (!(await redactOneJob(owned, job, redaction))) isClean = false;
  }
  for await (const element of scanBodies(redis, lease.connectionId)) {
    if (!redaction.mayConcern(element.text)) continue;
    if (!(await redactOneElement(owned, element, redaction))) isClean = false;
  }
  return { isClean };
}

async function redactOneJob(
  { redis, lease }: Owned,
  job: ScannedJob,
  redaction: Redaction,
): Promise<boolean> {
  const data = readJobText(job.data);
  const traces = job.traces === undefined ? [] : readTraceList(job.traces);
  const redacted: Entry[] = [];
  const places = new Map<number, Entry>();
  const change = (entry: Entry, place?: number): Entry => {
    const operations = place === undefined ? [] : (traces[place]?.operations ?? []);
    const latter = redaction.redact(entry, operations);
    if (latter === undefined) return entry;
    redacted.push(entry);
    if (place !== undefined) places.set(place, latter);
    return latter;
  };
  const latter: JobData = { entries: data.entries.map(change) };
  if (data.rejected) latter.rejected = data.rejected.map((entry) => change(entry));
  if (redacted.length === 0) return true;
  const isCompleted = job.state === "completed";
  const state = isCompleted ? "records" : job.state === "failed" ? "failed" : "waiting";
  const contents = isCompleted ? ["", ""] : contentsOf(job, data, latter);
  const counts = redaction.count(redacted, state);
  const keys = ownerKeys(lease.connectionId);
  const code = await redactJob(
    redis,
    [keys.lease, keys.fence, keys.job(job.id), ...keys.ledger, ...counts.map(([key]) => key)],
    [
      ...[lease.token, job.data, writeJobData(latter)],
      job.traces === undefined ? "" : redactTraces(job.traces, places),
      job.failedReason === undefined ? "" : reasonOf(latter),
      ...contents,
      ...[counts.length, ...counts.flatMap(([, field, by]) => [field, by])],
      ...changesOfContent(readContent(contents[0] as string), readContent(contents[1] as string)),
    ],
  );
  if (code === -1) throw new FencedError(lease.connectionId);
  return code === 1;
}

/** The names of events are in what the ledger counted of rejected messages. */
function contentsOf(
  { state, madeAtMs }: ScannedJob,
  former: JobData,
  latter: JobData,
): [former: string, latter: string] {
  const of = ({ entries, rejected }: JobData) =>
    state === "failed"
      ? contentOf({ entries: [], rejected: entries }, madeAtMs)
      : contentOf(rejected ? { entries, rejected } : { entries }, madeAtMs);
  return [of(former), of(latter)];
}

/** The reason in Bull Board may quote a message. */
function reasonOf({ entries }: JobData): string {
  const other = entries.find(({ erased, rejected }) => !erased && rejected)?.rejected?.message;
  return other ?? "The people of these messages were erased";
}

async function redactOneElement(
  { redis, lease }: Owned,
  { number, text }: ScannedElement,
  redaction: Redaction,
): Promise<boolean> {
  const body = readBody(splitElement(text).rest);
  const traces = readTraceList(body.traces);
  const redacted: Entry[] = [];
  const places = new Map<number, Entry>();
  const entries = readJobText(body.data).entries.map((entry, place) => {
    const latter = redaction.redact(entry, traces[place]?.operations ?? []);
    if (latter === undefined) return entry;
    redacted.push(entry);
    places.set(place, latter);
    return latter;
  });
  if (redacted.length === 0) return true;
  const counts = redaction.count(redacted, "records");
  const keys = ownerKeys(lease.connectionId);
  const latter = replaceBody(text, {
    ...body,
    data: writeJobData({ entries }),
    traces: redactTraces(body.traces, places),
  });
  const code = await redactElement(
    redis,
    [keys.lease, keys.fence, ...keys.outbox, ...counts.map(([key]) => key)],
    [lease.token, number, text, latter, counts.length, ...counts.flatMap(([, field, by]) => [field, by])],
  );
  if (code === -1) throw new FencedError(lease.connectionId);
  return code === 1;
}
