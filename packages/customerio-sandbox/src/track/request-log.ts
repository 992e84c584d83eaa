import { createLog, type Log } from "../memory/log.ts";

/** One request to the Track API. */
type RequestEntry = {
  receivedAtMs: number;
  method: string;
  path: string;
  /** Null where a fault dropped the connection before one was sent. */
  status: number | null;
  operations: number;
  bodyBytes: number;
  /** The place in the list of the fault that befell it. */
  fault: number | null;
};

export type RequestLog = Log<RequestEntry>;

export function createRequestLog(limit: number): RequestLog {
  return createLog<RequestEntry>(limit);
}
