export { crowdedShare, fullShare, patience } from "./bounds.ts";
export { connectRedis, type RedisLocation } from "./client/connect-redis.ts";
export { countBreaks } from "./client/count-breaks.ts";
export { defineScript, type Script } from "./client/define-script.ts";
export { forOneScript } from "./client/for-one-script.ts";
export { isCluster, isReady, mastersOf, type RedisClient } from "./client/redis-client.ts";
export { createReplication, type Replication } from "./client/replication.ts";
export { subscribe } from "./client/subscribe.ts";
export { withTimeout } from "./client/with-timeout.ts";
export {
  formatVersion,
  OlderFormatError,
  raiseFormat,
  readFormat,
  refuseFormat,
  requireNewestFormat,
} from "./format/format.ts";
export { createDiagnosis } from "./health/diagnosis.ts";
export { judgeServers } from "./health/probe.ts";
export { type RedisHealth, watchRedisHealth } from "./health/watch-health.ts";
export { readInfo } from "./info/read-info.ts";
export { readFullestNode, readMemory } from "./info/read-memory.ts";
export { findRedisWarnings, listRedisWarnings, type RedisWarning } from "./info/redis-warnings.ts";
export { alertKeys, alertLease } from "./keys/alert-keys.ts";
export { auditKey } from "./keys/audit-keys.ts";
export { changeChannel, connectionKeys, existsKey, goneKey } from "./keys/connection-keys.ts";
export { erasureChannel, erasureKey, erasureKeys } from "./keys/erasure-keys.ts";
export { defaultKeyPrefix, keyPrefix } from "./keys/key-prefix.ts";
export {
  fenceKey,
  fencingNumberKey,
  intakesKey,
  leaseKey,
  limiterKey,
  type OwnerKeys,
  ownerKeys,
  workerKey,
  workersKey,
} from "./keys/owner-keys.ts";
export {
  connectionIdOf,
  type QueueKeys,
  queueKeys,
  queueName,
  rememberedIdsKeys,
  wakeChannel,
} from "./keys/queue-keys.ts";
export { noSource, refusedKey } from "./keys/refused-keys.ts";
export { replayKey, replayOutcomesKey, replaysKeys } from "./keys/replay-keys.ts";
export {
  archiveMarkKey,
  archiveUpkeepKey,
  countsKey,
  countsPrefix,
  formerRecordKeys,
  ledgerKeys,
  outboxKeys,
  retryKey,
  statusKey,
} from "./keys/report-keys.ts";
export { endedSessionKey, sessionsKey } from "./keys/session-keys.ts";
export { explainConnectionError, explainRedisReply } from "./problems/explain-redis-error.ts";
export type { RedisProblem } from "./problems/redis-problems.ts";
export { readRedisUrl } from "./url/read-redis-url.ts";
