import {
  isCluster,
  listRedisWarnings,
  mastersOf,
  type RedisClient,
  type RedisWarning,
  readInfo,
  readMemory,
} from "@customerio-router/redis";
import { findSetUpSituation } from "@customerio-router/reports";
import { type Finding, good, wrongAsIn } from "../finding.ts";

/** Kind and version, persistence, eviction, memory and replicas. */
export async function checkSetUp(redis: RedisClient): Promise<Finding[]> {
  const [texts, memory, warnings] = await Promise.all([
    Promise.all(mastersOf(redis).map((node) => node.info())),
    readMemory(redis),
    listRedisWarnings(redis),
  ]);
  const infos = texts.map(readInfo);
  const found = (about: RedisWarning["about"], check: string, text: string): Finding[] => {
    const ofIt = warnings.filter((warning) => warning.about === about);
    return ofIt.length > 0
      ? ofIt.map((warning) => wrongAsIn(check, findSetUpSituation(warning)))
      : [good(check, text)];
  };
  const used = memory.map(({ usedBytes, maxBytes }) => `${megabytes(usedBytes)} of ${megabytes(maxBytes)}`);
  const replicas = infos.reduce((sum, info) => sum + Number(info.get("connected_slaves") ?? 0), 0);
  return [
    good("Redis", `${describeVersions(infos)}, ${describeKind(redis, infos)}.`),
    ...found("persistence", "Redis persistence", "It writes an append-only file."),
    ...found("eviction", "Redis eviction", "Its maxmemory-policy is noeviction."),
    ...(warnings.some(({ about }) => about === "limit")
      ? found("limit", "Redis memory", "")
      : found("memory", "Redis memory", `${used.join(", ")} in use.`)),
    ...found("replicas", "Redis replicas", replicas === 0 ? "None." : `${replicas}, and none of them lags.`),
  ];
}

function describeVersions(infos: Map<string, string>[]): string {
  const versions = infos.map((info) =>
    info.has("valkey_version")
      ? `Valkey ${info.get("valkey_version")}`
      : `Redis ${info.get("redis_version")}`,
  );
  return [...new Set(versions)].join(", ");
}

function describeKind(redis: RedisClient, infos: Map<string, string>[]): string {
  if (isCluster(redis)) return `a cluster of ${infos.length} primaries`;
  return infos.some((info) => info.get("role") === "slave") ? "a replica" : "one primary";
}

function megabytes(bytes: number): string {
  return bytes === Number.POSITIVE_INFINITY ? "no limit" : `${Math.round(bytes / 1_000_000)} MB`;
}
