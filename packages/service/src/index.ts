export { createCommand, nameOf } from "./command-line/create-command.ts";
export { numberFrom } from "./command-line/number-from.ts";
export { readCommandLine } from "./command-line/read-command-line.ts";
export { duration } from "./duration.ts";
export { type EnvironmentVariableName, environmentVariables } from "./environment/environment.ts";
export type { EnvironmentVariable } from "./environment/environment-variable.ts";
export {
  describeEnvironment,
  type Environment,
  EnvironmentError,
  readEnvironment,
} from "./environment/read-environment.ts";
export { readSecretArgument } from "./environment/read-secret-argument.ts";
export { redisFromEnvironment, redisVariables } from "./environment/redis-from-environment.ts";
export { isGiven, secretFileVariables } from "./environment/secret-files.ts";
export { basePathOf } from "./http/base-path.ts";
export { addHealthRoutes, type Readiness } from "./http/health-routes.ts";
export { listen } from "./http/listen.ts";
export { addMetricsRoute } from "./http/metrics-route.ts";
export { createProcessMetrics, type ProcessMetrics } from "./http/process-metrics.ts";
export { isFromThisMachine, isLoopback } from "./http/this-machine.ts";
export { createLogger, type Logger } from "./logger.ts";
export { isPlainUrl } from "./plain-url.ts";
export { restrictDataDir } from "./restrict-data-dir.ts";
export { runUntilSignal, type Service } from "./run-until-signal.ts";
export { shareReads } from "./share-reads.ts";
export { createSparseLog, type SparseLog } from "./sparse-log.ts";
export { readableLog } from "./standard-output.ts";
export { StartError } from "./start-error.ts";
export { startRepeating } from "./start-repeating.ts";
export { type OpenSpan, openTracing, type Tracing, tracingVariables } from "./tracing/tracing.ts";
export { type FormatWatch, watchFormat } from "./watch-format.ts";
