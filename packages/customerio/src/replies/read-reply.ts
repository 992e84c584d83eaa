import type { ReadReply } from "./reply.ts";
import { errorEntries, readOperationErrors, requestReason } from "./reply-errors.ts";
import { readRetryAfter } from "./retry-after.ts";

/** An HTTP reply that came in whole. */
export type HttpReply = { status: number; body: string; retryAfter?: string };

/** Reads the reply to a request of `operations` operations. A pure function of the reply and the time it came. */
export function readReply(reply: HttpReply, operations: number, nowMs = Date.now()): ReadReply {
  const { status } = reply;
  if (status >= 200 && status < 300) return readSuccess(reply, operations);
  if (status === 401 || status === 403) return { kind: "unauthorized", status };
  if (status === 400 || status === 413 || status === 422) {
    return { kind: "rejected", status, reason: reasonOf(reply) };
  }
  if (status >= 300 && status < 500 && status !== 408 && status !== 429) {
    return { kind: "misconfigured", status };
  }
  if (status === 500) return { kind: "failed", status, reason: reasonOf(reply) };
  const retryAfterMs = readRetryAfter(reply.retryAfter, nowMs);
  return {
    kind: "unavailable",
    status,
    why: `answered ${status}`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function reasonOf({ status, body }: HttpReply): string {
  return requestReason(parseJson(body)) || `answered ${status} without a reason`;
}

/** A 2xx without a body takes everything; one that is not JSON came from something else than Customer.io. */
function readSuccess({ status, body }: HttpReply, operations: number): ReadReply {
  const isEmpty = body.trim() === "";
  const json = parseJson(body);
  const entries = errorEntries(json);
  if (json === undefined && !isEmpty) return unreadable(status, "is not JSON");
  if (status === 207 && entries === undefined) return unreadable(status, "has no list of errors");
  const { rejected, strays } = readOperationErrors(entries ?? [], operations);
  // An operation was rejected, and nobody knows which: smaller requests tell.
  if (strays > 0) return { kind: "rejected", status, reason: reasonOf({ status, body }) };
  return { kind: "accepted", status, rejected };
}

function unreadable(status: number, what: string): ReadReply {
  const why = `answered ${status} with a body that ${what}`;
  return { kind: "unavailable", status, why, flagged: why };
}

/** Undefined for what is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
