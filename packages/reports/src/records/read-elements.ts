import { readJobText } from "@customerio-router/messages";
import { defineScript, queueKeys, type RedisClient } from "@customerio-router/redis";
import { readBody, type SplitElement, splitElement } from "./element.ts";
import type { MessageRecord } from "./record.ts";
import { readTraces } from "./traces.ts";

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
  const elements = texts.map(splitElement);
  const jobs = new Map<string, { data: string; traces: string }>();
  for (const ids of inParts(elements.filter(({ kind }) => kind === "j"))) {
    const { jobPrefix, completed } = queueKeys(connectionId);
    const found = await readJobs(redis, [completed.set], [jobPrefix, ...ids]);
    for (const [index, id] of ids.entries()) {
      const [data, traces] = [found[2 * index], found[2 * index + 1]];
      if (data && traces) jobs.set(id, { data, traces });
    }
  }
  return elements.map(({ kind, atMs, rest }) => {
    if (kind === "b") {
      const { jobId, entries, traces } = readBody(rest);
      return readTraces(traces, { entries, jobId, atMs });
    }
    const job = jobs.get(rest);
    if (!job) return [];
    const { entries } = readJobText(job.data);
    return readTraces(job.traces, { entries, jobId: rest, atMs });
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
