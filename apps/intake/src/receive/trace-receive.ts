import { isTraceparent } from "@customerio-router/messages";
import type { Tracing } from "@customerio-router/service";
import type { Receive } from "./receive.ts";
import { Refusal } from "./refusal.ts";

type Report = (refusal: Refusal, traceId?: string) => void;

/** Receives in a span of its own while traces are on. Each message keeps it, or its sender's, for the requests that carry it on. */
export function traceReceive(
  receive: Receive,
  { tracing, report }: { tracing: Tracing | undefined; report: Report },
): Receive {
  return async (request, readEntries) => {
    const { traceparent: header } = request.headers;
    if (tracing === undefined && header === undefined) {
      const received = await receive(request, readEntries);
      if (received instanceof Refusal) report(received);
      return received;
    }
    const parent = isTraceparent(header) ? header : undefined;
    const span = tracing?.begin("receive", { kind: "server", parent });
    const traceparent = span?.traceparent ?? parent;
    let messages = 0;
    let status = 500;
    try {
      const received = await receive(request, (body, receipt) => {
        const entries = readEntries(body, receipt);
        if (entries instanceof Refusal) return entries;
        messages = entries.length;
        if (traceparent !== undefined) for (const entry of entries) entry.traceparent = traceparent;
        return entries;
      });
      status = received instanceof Refusal ? received.status : 200;
      if (received instanceof Refusal) report(received, span?.traceId);
      return received;
    } finally {
      const attributes = { "http.response.status_code": status, "customerio_router.messages": messages };
      span?.end(attributes, status >= 500 ? `answered ${status}` : undefined);
    }
  };
}
