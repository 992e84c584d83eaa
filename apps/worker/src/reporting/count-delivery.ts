import type { CountName, Counts } from "@customerio-router/reports";
import type { Delivery } from "../retry/follow-reply.ts";

/** Counts a request to Customer.io for the plots of the dashboard, by the class of its reply. */
export function countDelivery(counts: Counts, connectionId: string, { reply }: Delivery): void {
  counts.add(connectionId, nameOf(reply.status), 1);
}

function nameOf(status: number | undefined): CountName {
  if (status === undefined) return "requests-none";
  if (status === 429) return "requests-429";
  if (status >= 500) return "requests-5xx";
  return status >= 300 ? "requests-4xx" : "requests-2xx";
}
