import { changeChannel, connectionKeys, defineScript, type RedisClient } from "@customerio-router/redis";
import type { RuleList } from "@customerio-router/rules";

/** What becomes of the salt: the sealed text of another one, nothing, or as it is. */
export type SaltChange = { sealed: string } | "remove" | "keep";

const put = defineScript<string>(
  "putRules",
  `local records, rules, salts, failures, version = unpack(KEYS)
   local id, former, list, salt, channel, firstVersion = unpack(ARGV)
   if redis.call('HEXISTS', records, id) == 0 then return 'gone' end
   local known = redis.call('HGET', rules, id)
   local current = known and string.match(known, '^{"version":(%d+)') or '0'
   if current ~= former then return current end
   redis.call('HSET', rules, id, list)
   if salt == 'remove' then redis.call('HDEL', salts, id) elseif salt ~= 'keep' then redis.call('HSET', salts, id, salt) end
   redis.call('HDEL', failures, id)
   redis.call('SET', version, firstVersion, 'NX')
   redis.call('PUBLISH', channel, redis.call('INCR', version) .. ' ' .. id)
   return 'put'`,
);

/**
 * Saves a list as the next version, whole or not at all, and says so to every process that watches the connections.
 * @returns `put`, `gone` without such a connection, or the version that somebody else has saved meanwhile
 */
export async function putRules(
  redis: RedisClient,
  connectionId: string,
  { list, salt }: { list: RuleList; salt: SaltChange },
): Promise<"put" | "gone" | number> {
  const latter = { version: list.version + 1, rules: list.rules };
  const result = await put(
    redis,
    [
      connectionKeys.records,
      connectionKeys.rules,
      connectionKeys.ruleSalts,
      connectionKeys.ruleFailures,
      connectionKeys.version,
    ],
    [
      connectionId,
      String(list.version),
      JSON.stringify(latter),
      typeof salt === "string" ? salt : salt.sealed,
      changeChannel,
      Date.now(),
    ],
  );
  return result === "put" || result === "gone" ? result : Number(result);
}

/** Removes what is kept of the rules of a connection that is deleted. */
export async function removeRules(redis: RedisClient, connectionId: string): Promise<void> {
  const { rules, ruleSalts, ruleFailures } = connectionKeys;
  await redis
    .multi()
    .hdel(rules, connectionId)
    .hdel(ruleSalts, connectionId)
    .hdel(ruleFailures, connectionId)
    .exec();
}
