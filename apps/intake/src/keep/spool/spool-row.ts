/** A job as the spool keeps it. */
export type SpoolRow = {
  connectionId: string;
  jobId: string;
  name: string;
  data: string;
  /** As JSON. */
  digests: string;
  messages: number;
  /** Of `data` and `digests`. */
  bytes: number;
  /** Unix milliseconds. */
  madeAtMs: number;
};

/** A row that is on disk; positions rise in the order rows came. */
export type StoredRow = SpoolRow & { position: number };

/** Whether a row that was read from a damaged file is a job. Types suffice: a worker fails a job whose data makes no sense. */
export function isSound({ connectionId, jobId, name, data, digests, ...numbers }: StoredRow): boolean {
  const texts = [connectionId, jobId, name, data, digests];
  const { messages, bytes, madeAtMs } = numbers;
  return (
    texts.every((text) => typeof text === "string") &&
    [messages, bytes, madeAtMs].every((number) => Number.isSafeInteger(number) && number >= 0)
  );
}

/** What the spool holds of one connection. */
export type Totals = { connectionId: string; messages: number; bytes: number; oldestAtMs: number };

/** Changes that are written in one transaction. */
export type SpoolChange = {
  rows: SpoolRow[];
  /** Rows of a connection up to a position, that one too. */
  removals: { connectionId: string; position: number }[];
};
