import { randomBytes } from "node:crypto";
import type { Entry } from "./entry.ts";

/** A job on its way into the queue. Its id is given once: adding it again, after an answer that was lost, changes nothing. */
export type NewJob = {
  id: string;
  entries: Entry[];
  /** For each entry the digest of the messageId its caller gave it; null where he gave none. */
  digests: (string | null)[];
  /** Length of the entries' JSON. */
  bytes: number;
};

/** A job's bounds: large enough to make BullMQ's cost per job small, small enough to look at in Bull Board. */
const jobEntries = 100;
const jobBytes = 256 * 1024;

/** Cuts a row of entries into jobs without changing its order. */
export function intoJobs(row: { entry: Entry; digest: string | null }[]): NewJob[] {
  const jobs: NewJob[] = [];
  for (const { entry, digest } of row) {
    const size = JSON.stringify(entry).length;
    let job = jobs.at(-1);
    if (!job || job.entries.length >= jobEntries || job.bytes + size > jobBytes) {
      job = { id: `g${randomBytes(12).toString("hex")}`, entries: [], digests: [], bytes: 0 };
      jobs.push(job);
    }
    job.entries.push(entry);
    job.digests.push(digest);
    job.bytes += size;
  }
  return jobs;
}

/** What a person reads in Bull Board's list. */
export function jobName(entries: Entry[]): string {
  const [{ message } = { message: undefined }] = entries;
  if (entries.length > 1) return `${entries.length} messages`;
  const type =
    typeof message === "object" && message !== null && "type" in message ? message.type : undefined;
  return typeof type === "string" ? type.slice(0, 20) : "message";
}
