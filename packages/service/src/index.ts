export { closeDataDir } from "./close-data-dir.ts";
export {
  type EnvironmentProblem,
  type EnvironmentVariable,
  type EnvironmentVariableName,
  environmentVariables,
} from "./environment.ts";
export { explainConnectionError, explainRedisReply } from "./explain-redis-error.ts";
export { addHealthRoutes, type Readiness } from "./health-routes.ts";
export { createLogger, describeError, type Logger } from "./logger.ts";
export { addMetricsRoute } from "./metrics-route.ts";
export {
  describeEnvironment,
  type Environment,
  EnvironmentError,
  readEnvironment,
} from "./read-environment.ts";
export { readSecretArgument } from "./read-secret-argument.ts";
export { breaksOff, clusterByOneAddress, type RedisProblem, replica } from "./redis-problems.ts";
export { runUntilSignal, type Service } from "./run-until-signal.ts";
export { shareReads } from "./share-reads.ts";
export { createSparseLog, type SparseLog } from "./sparse-log.ts";
export { isFromThisMachine, isLoopback } from "./this-machine.ts";
