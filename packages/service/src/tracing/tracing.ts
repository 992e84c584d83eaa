import type { Logger } from "../logger.ts";

/** A span that has begun. */
export type OpenSpan = {
  traceId: string;
  /** Names it to others, as W3C Trace Context writes it. */
  traceparent: string;
  end(attributes: { [name: string]: string | number }, error?: string): void;
};

/** Traces of what a process does, for OpenTelemetry. */
export type Tracing = AsyncDisposable & {
  /** @param links the `traceparent` of each span that this one carries on, beside its parent's */
  begin(
    name: string,
    options: { kind: "server" | "client"; parent?: string | undefined; links?: Iterable<string> },
  ): OpenSpan;
};

/** What a process with traces reads; the SDK reads the others of OpenTelemetry's standard variables itself. */
export const tracingVariables = [
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_TRACES_SAMPLER",
  "OTEL_TRACES_SAMPLER_ARG",
] as const;

/** Without an endpoint there are no traces, and nothing of OpenTelemetry is loaded. */
export async function openTracing({
  name,
  endpoint,
  logger,
}: {
  name: string;
  endpoint: string | undefined;
  logger: Logger;
}): Promise<Tracing | undefined> {
  if (endpoint === undefined) return undefined;
  const { startTracing } = await import("./start-tracing.ts");
  return startTracing({ name, logger });
}
