import { clusterByOneAddress, type RedisProblem, replica } from "../problems/redis-problems.ts";
import { readInfo } from "./read-info.ts";

/** BullMQ wants 6.2, and so do scripts of ours (SMISMEMBER). Valkey says with which Redis it is compatible. */
const oldest = { major: 6, minor: 2 };

/** Why a server cannot serve, by what it says in INFO; undefined when it can. */
export function judgeInfo(
  text: string,
  { isClusterClient }: { isClusterClient: boolean },
): RedisProblem | undefined {
  const info = readInfo(text);
  const mode = info.get("redis_mode");
  if (mode === "sentinel") {
    return lasting(
      "REDIS_URL points to a Sentinel, not to Redis: write it as redis+sentinel://host:port/master-name.",
    );
  }
  if (mode === "cluster" && !isClusterClient) return clusterByOneAddress;
  const version = info.get("redis_version");
  if (version !== undefined && isTooOld(version)) {
    return lasting(`Redis is version ${version}: install 6.2 or newer, or Valkey.`);
  }
  return info.get("role") === "slave" ? replica : undefined;
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < oldest.major || (major === oldest.major && minor < oldest.minor);
}

function lasting(sentence: string): RedisProblem {
  return { sentence, isLasting: true };
}
