import type { JobData } from "./job-data.ts";
import { readJobData } from "./read-job-data.ts";

/** The data of a job as its hash has it. Text that is no JSON counts as the message, which the worker rejects. Never throws. */
export function readJobText(text: string): JobData {
  return readJobData(parseOrKeep(text));
}

function parseOrKeep(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The worker says so, where a person sees it.
    return text;
  }
}

/** A job's data as JSON with each entry on a line of its own, so that `splitEntries` finds it unread. */
export function writeJobData({ entries, rejected }: JobData): string {
  const text = joinEntries(entries.map((entry) => JSON.stringify(entry)));
  if (rejected === undefined) return text;
  return `${text.slice(0, -1)},"rejected":${JSON.stringify(rejected)}}`;
}

const [before, between, after] = ['{"entries":[\n', ",\n", "\n]}"] as const;

/** The data of a job that has these entries, each as JSON. */
export function joinEntries(texts: string[]): string {
  return `${before}${texts.join(between)}${after}`;
}

/** The JSON of each entry; undefined for data with more in it, or which a person or another tool wrote. */
export function splitEntries(text: string): string[] | undefined {
  if (!text.startsWith(before) || text.indexOf("\n]") !== text.length - after.length) return undefined;
  const inner = text.slice(before.length, -after.length);
  return inner === "" ? [] : inner.split(between);
}
