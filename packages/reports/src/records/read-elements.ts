import { readJobText, splitEntries } from "@customerio-router/messages";
import { defineScript, queueKeys, type RedisClient } from "@customerio-router/redis";
import { type Body, readBody, type SplitElement, splitElement } from "./element.ts";
import type { MessageRecord } from "./record.ts";
import { entryOf, traceOf } from "./record-parts.ts";
import { readTraces, splitTraces, type TraceText, writeTraces } from "./traces.ts";

/** Bytes of jobs in one reply of Redis: more would delay other replies. */
const bytesAtOnce = 1_000_000;

/** Data and traces of jobs, in their order. One script costs a fraction of a command for each job. */
const readJobs = defineScript<(string | null)[]>(
  "readRecordedJobs",
  `local found = {}
   for index = 2, #ARGV do
     local fields = redis.call('HMGET', ARGV[1] .. ARGV[index], 'data', 'traces')
     found[#found + 1] = fields[1]
     found[#found + 1] = fields[2]
   end
   return found`,
);

/** The records of elements of the outbox, in their order. A job that another tool removed has none. */
export async function readElements(
  redis: RedisClient,
  connectionId: string,
  texts: string[],
): Promise<MessageRecord[][]> {
  return (await readBodies(redis, connectionId, texts)).map((body) => (body ? recordsOf(body) : []));
}

/** A record unread, in parts of JSON. */
export type RecordText = {
  jobId: string;
  /** Unix milliseconds of the outcome. */
  atMs: number;
  entry: string;
  trace: TraceText;
};

/** The same records as `readElements` gives, unread. */
export async function readElementTexts(
  redis: RedisClient,
  connectionId: string,
  texts: string[],
): Promise<RecordText[]> {
  const bodies = await readBodies(redis, connectionId, texts);
  return bodies.flatMap((body) => (body ? splitBody(body) : []));
}

type TimedBody = Body & { atMs: number };

async function readBodies(
  redis: RedisClient,
  connectionId: string,
  texts: string[],
): Promise<(TimedBody | undefined)[]> {
  const elements = texts.map(splitElement);
  const jobs = new Map<string, Body>();
  for (const ids of inParts(elements.filter(({ kind }) => kind === "j"))) {
    const { jobPrefix, completed } = queueKeys(connectionId);
    const found = await readJobs(redis, [completed.set], [jobPrefix, ...ids]);
    for (const [index, jobId] of ids.entries()) {
      const [data, traces] = [found[2 * index], found[2 * index + 1]];
      if (data && traces) jobs.set(jobId, { jobId, data, traces });
    }
  }
  return elements.map(({ kind, atMs, rest }) => {
    const body = kind === "b" ? readBody(rest) : jobs.get(rest);
    return body && { ...body, atMs };
  });
}

function recordsOf({ jobId, atMs, data, traces }: TimedBody): MessageRecord[] {
  return readTraces(traces, { entries: readJobText(data).entries, jobId, atMs });
}

/** What a person or another tool wrote is read, and written anew in the form that can be split. */
function splitBody(body: TimedBody): RecordText[] {
  const { jobId, atMs } = body;
  let entries = splitEntries(body.data);
  let traces = splitTraces(body.traces);
  if (entries === undefined || traces === undefined) {
    const records = recordsOf(body);
    entries = records.map((record) => JSON.stringify(entryOf(record)));
    traces = splitTraces(writeTraces(records.map(traceOf))) ?? [];
  }
  return traces.flatMap((trace, index) => {
    const entry = entries[index];
    return entry === undefined ? [] : { jobId, atMs, entry, trace };
  });
}

/** The ids of jobs, in parts of about a megabyte. */
function inParts(jobs: SplitElement[]): string[][] {
  const parts: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const job of jobs) {
    if (bytes + job.bytes > bytesAtOnce) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(job.rest);
    bytes += job.bytes;
  }
  return parts;
}

export function timeOfElement(element: string): number {
  return splitElement(element).atMs;
}
