import { randomBytes } from "node:crypto";
import { type Entry, joinEntries, readJobData, readJobText, writeJobData } from "@customerio-router/messages";
import { contentOf } from "@customerio-router/reports";

/** A job on its way into the queue. Its id is given once: adding it again, after a reply that was lost, changes nothing. */
export type NewJob = {
  id: string;
  /** What a person reads in Bull Board's list. */
  name: string;
  /** A `JobData` as JSON. */
  data: string;
  /** What it holds, as the ledger counts it. */
  content: string;
  /** For each message the digest of its messageId; null in jobs that an earlier version spooled, where intake gave the id. */
  digests: (string | null)[];
  /** Unix milliseconds. */
  madeAtMs: number;
};

/** What a job with this data holds, as the ledger counts it; data that is no JSON is one message, as the worker reads it. */
export function contentOfText(data: string, madeAtMs: number): string {
  return contentOf(readJobText(data), madeAtMs);
}

/** An entry to add; `digest` is its messageId's. */
export type Arrival = { entry: Entry; digest: string };

/** A job's bounds: large enough to make BullMQ's cost per job small, small enough to look at in Bull Board. */
const jobEntries = 100;
const jobBytes = 256 * 1024;

/** Cuts a row of arrivals into jobs without changing its order. */
export function intoJobs(arrivals: Arrival[]): NewJob[] {
  const jobs: NewJob[] = [];
  let texts: string[] = [];
  let entries: Entry[] = [];
  let digests: string[] = [];
  let bytes = 0;
  const finish = () => {
    if (entries.length > 0) jobs.push(makeJob(entries, texts, digests));
    texts = [];
    entries = [];
    digests = [];
    bytes = 0;
  };
  for (const { entry, digest } of arrivals) {
    const text = JSON.stringify(entry);
    const textBytes = Buffer.byteLength(text);
    if (texts.length >= jobEntries || bytes + textBytes > jobBytes) finish();
    texts.push(text);
    entries.push(entry);
    digests.push(digest);
    bytes += textBytes;
  }
  finish();
  return jobs;
}

function makeJob(entries: Entry[], texts: string[], digests: string[]): NewJob {
  const madeAtMs = Date.now();
  return {
    id: `g${randomBytes(12).toString("hex")}`,
    name: texts.length > 1 ? `${texts.length} messages` : typeOf(entries[0] as Entry),
    data: joinEntries(texts),
    content: contentOf({ entries }, madeAtMs),
    digests,
    madeAtMs,
  };
}

function typeOf({ message }: Entry): string {
  const type =
    typeof message === "object" && message !== null && "type" in message ? message.type : undefined;
  return typeof type === "string" ? type.slice(0, 20) : "message";
}

/** The jobs without messages that are known or come twice in them; a job with nothing left is left out. */
export function withoutCopies(jobs: NewJob[], known: ReadonlySet<string>): NewJob[] {
  const seen = new Set(known);
  const isFirst = (digest: string | null): boolean => {
    if (digest === null) return true;
    const isNew = !seen.has(digest);
    seen.add(digest);
    return isNew;
  };
  return jobs.flatMap((job): NewJob[] => {
    const isKept = job.digests.map(isFirst);
    if (!isKept.includes(false)) return [job];
    return isKept.includes(true) ? [keepOnly(job, isKept)] : [];
  });
}

function keepOnly(job: NewJob, isKept: boolean[]): NewJob {
  const { entries } = readJobData(JSON.parse(job.data));
  const only = <Item>(items: Item[]) => items.filter((_, index) => isKept[index]);
  const data = { entries: only(entries) };
  return {
    ...job,
    data: writeJobData(data),
    content: contentOf(data, job.madeAtMs),
    digests: only(job.digests),
  };
}
