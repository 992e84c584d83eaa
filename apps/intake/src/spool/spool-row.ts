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

/** What the spool holds of one connection. */
export type Standing = { connectionId: string; messages: number; bytes: number; oldestAtMs: number };

/** What is done to the spool at once: all of it is on disk when it is done, or nothing. */
export type SpoolChange = {
  rows: SpoolRow[];
  /** Rows of a connection up to a position, that one too. */
  removals: { connectionId: string; position: number }[];
};
