import type { Reply } from "@customerio-router/customerio";
import type { Tracing } from "@customerio-router/service";
import type { Batch } from "./batch.ts";

/** Where the requests of one connection are traced. */
export type RequestTracing = { tracing: Tracing; connection: string };

/** A request in a span of its own, linked to the messages that it carries. */
export async function traceRequest(
  { tracing, connection }: RequestTracing,
  batch: Batch,
  send: () => Promise<Reply>,
): Promise<Reply> {
  const links = new Set<string>();
  for (const { message } of batch.operations) {
    if (message.entry.traceparent !== undefined) links.add(message.entry.traceparent);
  }
  const span = tracing.begin("deliver", { kind: "client", links });
  batch.traceId = span.traceId;
  const attributes = {
    "customerio_router.connection": connection,
    "customerio_router.operations": batch.operations.length,
  };
  try {
    const reply = await send();
    const { status } = reply;
    const isRefused = status === undefined || status >= 400;
    span.end(
      { ...attributes, ...(status !== undefined && { "http.response.status_code": status }) },
      isRefused ? `Customer.io answered ${status ?? "nothing"}` : undefined,
    );
    return reply;
  } catch (error) {
    span.end(attributes, "the request failed");
    throw error;
  }
}
