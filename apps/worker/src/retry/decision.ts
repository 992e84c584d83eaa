import type { Reply } from "@customerio-router/customerio";
import type { Rejection } from "@customerio-router/messages";

/** What follows from a reply of Customer.io. */
export type Decision =
  /** All operations are delivered except those rejected, by their index in the batch. */
  | { kind: "settled"; rejected: ReadonlyMap<number, Rejection> }
  /** One of them spoils the request: each goes again in a smaller one. */
  | { kind: "halved" }
  /** Customer.io failed on the request, perhaps because of something in it. */
  | { kind: "failed"; why: string }
  /** Not now: the same again later. */
  | {
      kind: "deferred";
      why: string;
      retryAfterMs?: number;
      /** Customer.io asks for patience; otherwise the trouble may be with these operations. */
      isBusy: boolean;
    }
  /** Not until a person corrects the connection. */
  | { kind: "needs-attention"; why: string };

/**
 * Decides, for `count` operations sent in one request, whether and how they are sent again.
 *
 * | reply | decision | reason |
 * |---|---|---|
 * | 2xx | settled | each error entry speaks of one operation, the others are taken |
 * | 2xx that is not JSON, 207 without a list | deferred | what answers is not the Track API, for now |
 * | 400, 413, 422; an error entry without `batch_index` | halved; settled when alone | the same bytes get the same reply |
 * | 404 to a v1 event | settled | the endpoint is there, this person's path is not |
 * | 500 | failed | may be an outage or one poisonous operation: tries tell, and reject in the end |
 * | 408, 429, every other 5xx, network, deadline | deferred | an outage as a rule; it never rejects |
 * | 401, 403 | needs attention | the keys are wrong; every request would be rejected |
 * | 3xx and every other 4xx | needs attention | it is about the account, or what answers is not the Track API |
 */
export function decide(reply: Reply, count: number): Decision {
  switch (reply.kind) {
    case "accepted":
      return {
        kind: "settled",
        rejected: new Map([...reply.rejected].map(([index, error]) => [index, rejection(error)])),
      };
    case "rejected":
      if (count > 1) return { kind: "halved" };
      return {
        kind: "settled",
        rejected: new Map([[0, rejection(reply)]]),
      };
    case "failed":
      return { kind: "failed", why: `Customer.io answered ${reply.status}` };
    case "unavailable":
      return {
        kind: "deferred",
        why: reply.why,
        isBusy: reply.status === 429 || reply.retryAfterMs !== undefined,
        ...(reply.retryAfterMs === undefined ? {} : { retryAfterMs: reply.retryAfterMs }),
      };
    case "unauthorized":
      return {
        kind: "needs-attention",
        why: `Customer.io rejects the Site ID or API Key (${reply.status}): enter the correct ones`,
      };
    case "misconfigured":
      return { kind: "needs-attention", why: whatToMend(reply.status) };
  }
}

function whatToMend(status: number): string {
  if (status === 402) return "Customer.io requires payment (402): check the account";
  return `What answers is not Customer.io's Track API (${status}): check the region and the address`;
}

/** Customer.io's own words about an operation it will not take. */
function rejection(error: { reason: string; field?: string; message?: string; status?: number }): Rejection {
  const { reason, field, message, status } = error;
  const said = message ? `${reason}: ${message}` : reason;
  return {
    reason: "refused-by-customerio",
    message: `Customer.io rejected it${status === undefined ? "" : ` (${status})`}: ${said}`,
    ...(field === undefined ? {} : { field }),
  };
}
