import { createHash, randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { isCluster, mastersOf, type RedisClient } from "../client/redis-client.ts";
import { judgeInfo } from "../info/judge-info.ts";
import { probeChannel, probeKey } from "../keys/probe-keys.ts";
import { explainRedisReply } from "../problems/explain-redis-error.ts";
import type { RedisProblem } from "../problems/redis-problems.ts";

const timeoutMs = 5_000;

/** Tries a command of each kind that scripts of BullMQ and ours use, and returns the first reply that refuses one. */
const tryCommands = `
  local key, refused = KEYS[1], false
  local function try(name, ...)
    redis.pcall('DEL', key)
    local reply = redis.pcall(name, ...)
    -- A full Redis serves on.
    if type(reply) == 'table' and reply.err and not reply.err:find('OOM') then refused = refused or name .. ': ' .. reply.err end
  end
  try('SET', key, '1', 'PX', 1000) try('GET', key) try('INCR', key) try('PEXPIRE', key, 1000) try('EXISTS', key)
  try('HSET', key, 'a', '1') try('HMGET', key, 'a') try('HINCRBY', key, 'a', 1) try('HDEL', key, 'a')
  try('LPUSH', key, 'a') try('RPOPLPUSH', key, key) try('LRANGE', key, 0, 1) try('LREM', key, 0, 'a') try('LPOS', key, 'a')
  try('SADD', key, 'a') try('SMISMEMBER', key, 'a') try('ZADD', key, 1, 'a') try('ZRANGEBYSCORE', key, 0, 1)
  try('XADD', key, '*', 'a', '1') try('UNLINK', key) try('TIME')
  redis.pcall('DEL', key)
  return refused`;
const tryCommandsSha = createHash("sha1").update(tryCommands).digest("hex");

/** Why a Redis that answers cannot serve, by what it says of itself. @throws errors of the client */
export async function judgeServers(redis: RedisClient): Promise<RedisProblem | undefined> {
  for (const info of await Promise.all(mastersOf(redis).map((each) => each.info()))) {
    const problem = judgeInfo(info, { isClusterClient: isCluster(redis) });
    if (problem) return problem;
  }
  return undefined;
}

/**
 * Why a Redis that answers cannot serve: its version, its role, or a refused command. Costs about ten commands and one
 * short connection, once per new connection.
 * @throws errors other than refusals, such as a lost connection
 */
export async function probe(redis: RedisClient): Promise<RedisProblem | undefined> {
  const [node] = mastersOf(redis);
  if (!node) throw new Error("No primary of the cluster is known");
  try {
    const problem = await judgeServers(redis);
    if (problem) return problem;
    // The transaction is empty, since a full Redis refuses every command in one.
    const [refused] = await Promise.all([runScript(redis), trySubscribing(node), node.multi().exec()]);
    return refused === undefined ? undefined : explainReply(refused);
  } catch (error) {
    const problem = error instanceof Error ? explainRedisReply(error) : undefined;
    if (!problem?.isLasting) throw error;
    return problem;
  }
}

/** By both of the ways that ioredis runs scripts. */
async function runScript(redis: RedisClient): Promise<string | undefined> {
  const key = probeKey(randomUUID());
  await redis.eval(tryCommands, 1, key);
  const refused = await redis.evalsha(tryCommandsSha, 1, key);
  return typeof refused === "string" ? refused : undefined;
}

/** On a connection of its own: one that has subscribed can do little else. */
async function trySubscribing(node: Redis): Promise<void> {
  const subscriber = node.duplicate({
    enableOfflineQueue: true,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    commandTimeout: timeoutMs,
  });
  // What goes wrong with it rejects the command that is waited for.
  subscriber.on("error", () => {});
  try {
    await subscriber.subscribe(probeChannel);
    await node.publish(probeChannel, "");
  } finally {
    subscriber.disconnect();
  }
}

/** A refusal inside a script does not name the command. */
function explainReply(reply: string): RedisProblem {
  return (
    explainRedisReply(Object.assign(new Error(reply), { name: "ReplyError" })) ?? {
      sentence: `Redis forbids what is needed: ${reply.replace(/\.?$/, ".")}`,
      isLasting: true,
    }
  );
}
