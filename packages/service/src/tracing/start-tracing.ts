import { setTimeout as sleep } from "node:timers/promises";
import {
  type Context,
  DiagLogLevel,
  diag,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { Logger } from "../logger.ts";
import { createSparseLog } from "../sparse-log.ts";
import type { Tracing } from "./tracing.ts";

/** A collector that does not answer must not hold up a stop. */
const lastExportMs = 2_000;

/** More than the messages of a usual request to Customer.io. */
const maxLinks = 1_000;

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT };

/** The SDK reads its standard variables, such as the endpoint and the sampler, from the environment itself. */
export function startTracing({ name, logger }: { name: string; logger: Logger }): Tracing {
  const log = createSparseLog(logger, { intervalMs: 60_000 });
  const report = (why: string) => log.warn("traces", { why }, "could not export traces");
  const ignore = () => {};
  diag.setLogger(
    { error: report, warn: report, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": `customerio-router-${name}` }),
    spanLimits: { linkCountLimit: maxLinks },
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer("customerio-router");

  return {
    begin(name, { kind, parent, links = [] }) {
      const span = tracer.startSpan(
        name,
        { kind: kinds[kind], links: [...links].map((link) => ({ context: contextOf(link) })) },
        parent === undefined ? ROOT_CONTEXT : within(parent),
      );
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        traceId,
        traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`,
        end(attributes, error) {
          span.setAttributes(attributes);
          if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
          span.end();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      const ended = provider.shutdown().catch((error: unknown) => report(String(error)));
      await Promise.race([ended, sleep(lastExportMs, undefined, { ref: false })]);
    },
  };
}

function within(traceparent: string): Context {
  return trace.setSpanContext(ROOT_CONTEXT, contextOf(traceparent));
}

function contextOf(traceparent: string) {
  const [, traceId = "", spanId = "", flags = "0"] = traceparent.split("-");
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
