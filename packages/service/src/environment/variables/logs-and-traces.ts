import { z } from "zod";
import type { EnvironmentVariable } from "../environment-variable.ts";
import { httpUrl, oneOf } from "../value-schemas.ts";

/** What the apps tell of themselves. */
export const logsAndTracesVariables = {
  LOG_LEVEL: {
    description:
      "Least severe level that is logged: `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`",
    default: "info",
    schema: oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    description:
      "URL of an OpenTelemetry collector (OTLP over HTTP), such as `http://collector:4318`; turns traces on in intake and worker",
    schema: httpUrl(),
  },
  OTEL_TRACES_SAMPLER: {
    description:
      "Which traces are kept: `always_on`, `always_off`, `traceidratio`, or after the sender's decision `parentbased_always_on`, `parentbased_always_off`, `parentbased_traceidratio`",
    default: "parentbased_always_on",
    schema: oneOf([
      "always_on",
      "always_off",
      "traceidratio",
      "parentbased_always_on",
      "parentbased_always_off",
      "parentbased_traceidratio",
    ]),
  },
  OTEL_TRACES_SAMPLER_ARG: {
    description: "Share of traces kept by a `traceidratio` sampler, from 0 to 1",
    schema: z.string().regex(/^(0(\.\d+)?|1(\.0+)?)$/, "must be a number from 0 to 1, such as 0.01"),
  },
} as const satisfies Record<string, EnvironmentVariable>;
