import type { TextFields } from "../page/text-fields.ts";
import { readUtcTime, writeUtcTime } from "../page/utc-time.ts";
import { type FailedMessage, groupKey } from "./failed-messages.ts";

/** Which failed messages of a connection are meant; what is empty is not asked for. */
export type FailedFilter = {
  /** Of one reason; see `groupKey`. */
  group: string;
  /** As `eventOf` gives it. */
  event: string;
  /** When they failed, as `readUtcTime` reads it. The end is not included. */
  from: string;
  to: string;
  /** One job, and one of its messages by its id. */
  job: string;
  id: string;
};

export function readFailedFilter(fields: TextFields): FailedFilter {
  const { group = "", event = "", from = "", to = "", job = "", id = "" } = fields;
  return { group, event, from: writeUtcTime(from), to: writeUtcTime(to), job, id };
}

/** The filter as fields of a query or a form, with the connection that it is asked of. */
export function failedFields(
  connectionId: string,
  filter: Partial<FailedFilter>,
): { [name: string]: string } {
  const given = Object.entries({ connection: connectionId, ...filter }).filter(([, text]) => text !== "");
  return Object.fromEntries(given);
}

export function matchesFailed(filter: FailedFilter, failed: FailedMessage): boolean {
  const { group, event, job, id } = filter;
  const fromMs = readUtcTime(filter.from) ?? Number.NEGATIVE_INFINITY;
  const toMs = readUtcTime(filter.to) ?? Number.POSITIVE_INFINITY;
  return (
    failed.failedAtMs >= fromMs &&
    failed.failedAtMs < toMs &&
    (job === "" || failed.jobId === job) &&
    (job === "" || id === "" || failed.messageId === id) &&
    (event === "" || failed.event === event) &&
    (group === "" || groupKey(failed.rejection) === group)
  );
}
