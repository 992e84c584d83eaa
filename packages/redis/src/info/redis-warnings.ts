import { fullShare } from "../bounds.ts";
import { mastersOf, type RedisClient } from "../client/redis-client.ts";
import { readInfo } from "./read-info.ts";

/** What is wrong with how Redis is set up, as a sentence for an operator. */
export type RedisWarning = {
  about: "eviction" | "persistence" | "limit" | "memory" | "replicas";
  sentence: string;
};

/** Empty when all is well. Read from INFO, which hosted services allow too. `appendfsync` is not part of it. */
export async function listRedisWarnings(redis: RedisClient): Promise<RedisWarning[]> {
  const warnings = (
    await Promise.all(mastersOf(redis).map(async (node) => judgeSetUp(await node.info())))
  ).flat();
  return [...new Map(warnings.map((warning) => [warning.sentence, warning])).values()];
}

/** The sentences alone. */
export async function findRedisWarnings(redis: RedisClient): Promise<string[]> {
  return (await listRedisWarnings(redis)).map(({ sentence }) => sentence);
}

/** Logs each warning once, and checks again after each reconnect: it may be another server. */
export function tellRedisWarnings(redis: RedisClient, tell: (warning: string) => void): void {
  let told: string[] = [];
  async function look(): Promise<void> {
    const warnings = await findRedisWarnings(redis);
    const fresh = warnings.filter((warning) => !told.includes(warning));
    told = warnings;
    fresh.forEach(tell);
  }
  // Should the connection break meanwhile, the next one is looked at.
  redis.on("ready", () => void look().catch(() => {}));
}

function judgeSetUp(text: string): RedisWarning[] {
  const info = readInfo(text);
  const warnings: RedisWarning[] = [];
  const warn = (about: RedisWarning["about"], sentence: string) => void warnings.push({ about, sentence });
  const policy = info.get("maxmemory_policy");
  if (policy !== undefined && policy !== "noeviction") {
    warn(
      "eviction",
      `Redis's maxmemory-policy is ${policy}: it deletes messages when memory is full. Set it to noeviction.`,
    );
  }
  if (info.get("aof_enabled") === "0") {
    warn(
      "persistence",
      "Redis writes no append-only file: messages are lost when it stops. Set appendonly to yes.",
    );
  }
  if (info.get("maxmemory") === "0") {
    warn(
      "limit",
      "Redis has no maxmemory: a long backlog can fill the machine's memory. Set it, so that intakes stop adding in time.",
    );
  }
  const share = Number(info.get("used_memory")) / (Number(info.get("maxmemory")) || Number.POSITIVE_INFINITY);
  if (share >= fullShare) {
    warn(
      "memory",
      `Redis uses ${share > 1 ? "more than 100" : Math.round(share * 100)} % of its maxmemory: intakes stop adding at ${fullShare * 100} %. Give it more memory.`,
    );
  }
  for (const sentence of laggingReplicas(info)) warn("replicas", sentence);
  return warnings;
}

/** A replica that is this far behind its primary loses more than a moment of messages in a failover. */
const maxLagSeconds = 10;

function laggingReplicas(info: Map<string, string>): string[] {
  const replicas = Array.from({ length: Number(info.get("connected_slaves") ?? 0) }, (_, index) =>
    info.get(`slave${index}`),
  );
  const isLagging = (replica = "") => {
    const lag = /lag=(-?\d+)/.exec(replica)?.[1];
    return !replica.includes("state=online") || Number(lag) > maxLagSeconds;
  };
  const lagging = replicas.filter(isLagging).length;
  if (lagging === 0) return [];
  return [
    `${lagging} of ${replicas.length} replicas of Redis lag more than ${maxLagSeconds} s behind: a failover now loses messages. Check the replicas and their network.`,
  ];
}
