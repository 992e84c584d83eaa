/** What is counted for each minute of a connection; `repeated` were known by their ids and not kept again, `requests-…` are requests to Customer.io by the class of their reply. */
export const countNames = [
  "received",
  "repeated",
  "delivered",
  "skipped",
  "rejected",
  "retried",
  "requests-2xx",
  "requests-429",
  "requests-4xx",
  "requests-5xx",
  "requests-none",
] as const;

export type CountName = (typeof countNames)[number];

/** What waited at the end of a minute; the last sample of a minute counts. */
export type BacklogSample = { messagesWaiting: number; oldestWaitingMs: number };

/** The counts of one minute. */
export type MinuteCounts = { [Name in CountName]: number } & {
  /** Unix milliseconds of the minute's begin. */
  atMs: number;
  /** Absent without a sample. */
  backlog?: BacklogSample;
};
