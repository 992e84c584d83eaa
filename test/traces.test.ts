import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { openSystem } from "./system.ts";

type Attribute = { key: string; value: { stringValue?: string; intValue?: number } };
type Span = {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  links?: { traceId: string; spanId: string }[];
  attributes: Attribute[];
  status: { code?: number };
  service: string | undefined;
};

/** An OpenTelemetry collector that remembers what it gets as OTLP in JSON. */
async function startCollector() {
  const spans: Span[] = [];
  const server = createServer(async (request, response) => {
    const { resourceSpans } = JSON.parse(await text(request));
    for (const { resource, scopeSpans } of request.url === "/v1/traces" ? resourceSpans : []) {
      const service = (resource.attributes as Attribute[]).find(({ key }) => key === "service.name")?.value
        .stringValue;
      for (const { spans: some } of scopeSpans) {
        spans.push(...some.map((span: Span) => ({ ...span, service })));
      }
    }
    response.setHeader("content-type", "application/json").end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    spans,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const sampled = `00-${traceId}-00f067aa0ba902b7-01`;

test("F227 a caller's trace goes on in the receipt, and the request to Customer.io is linked to it", async () => {
  await using collector = await startCollector();
  await using system = await openSystem({
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: "200",
      LOG_LEVEL: "debug",
    },
  });
  const [link] = system.links;
  if (!link) throw new Error("no connection");
  const { url } = await system.startIntake();
  const send = async (event: string, traceparent?: string) => {
    const response = await fetch(`${url}/v1/track`, {
      method: "POST",
      headers: {
        authorization: `Basic ${btoa(`${link.writeKey}:`)}`,
        ...(traceparent && { traceparent }),
      },
      body: JSON.stringify({ userId: "ann", event }),
    });
    expect(response.status).toBe(200);
  };
  await send("Traced", sampled);
  await send("Not sampled", `00-${"a".repeat(32)}-${"b".repeat(16)}-00`);
  await send("Malformed", "00-zz");
  const worker = await system.startWorker();
  const named = (name: string) => collector.spans.filter((span) => span.name === name);
  await waitFor(() => named("receive").length >= 2 && named("deliver").length >= 1, { what: "the spans" });

  const traced = named("receive").find((span) => span.traceId === traceId);
  expect(traced).toMatchObject({ parentSpanId: "00f067aa0ba902b7", service: "customerio-router-intake" });
  const [request] = named("deliver");
  expect(request).toMatchObject({ service: "customerio-router-worker" });
  expect(request?.links).toContainEqual(expect.objectContaining({ traceId, spanId: traced?.spanId }));
  expect(request?.attributes).toContainEqual({
    key: "customerio_router.connection",
    value: { stringValue: link.connection.id },
  });
  // The one that its sender did not sample is not sent; the malformed header begins a trace.
  expect(collector.spans.map((span) => span.traceId)).not.toContain("a".repeat(32));
  expect(JSON.stringify(link.destination.arrived)).not.toContain("4bf92f3577b34da6");
  await waitFor(() => worker.process.output.includes(`"traceId":"${request?.traceId}"`), {
    what: "the log of the request",
  });
});

test("F228 a collector that is away costs nothing but its traces", async () => {
  await using system = await openSystem({
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9", OTEL_BSP_SCHEDULE_DELAY: "100" },
  });
  const [link] = system.links;
  if (!link) throw new Error("no connection");
  const { url, process: intake } = await system.startIntake();
  const worker = await system.startWorker();
  const response = await fetch(`${url}/v1/track`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${link.writeKey}:`)}` },
    body: JSON.stringify({ userId: "ann", event: "Anyway" }),
  });
  expect(response.status).toBe(200);
  await waitFor(() => link.destination.arrived.length === 1, { what: "delivery" });
  await waitFor(() => intake.output.includes("could not export traces"), {
    what: "a warning",
    timeoutMs: 20_000,
  });
  expect(await worker.process.kill("SIGTERM")).toEqual({ code: 0, signal: null });
});
