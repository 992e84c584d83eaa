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
