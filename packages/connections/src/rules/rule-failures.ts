import { connectionKeys, defineScript, type RedisClient } from "@customerio-router/redis";

/** How often a rule's condition could not be evaluated since the rules were saved, with the last message as example. */
export type RuleFailure = { count: number; messageId: string; why: string; atMs: number };

export type RuleFailures = { [rule: string]: RuleFailure };

/** Only for a version of the rules that is still the saved one. */
const add = defineScript<number>(
  "addRuleFailures",
  `local rules, failures = unpack(KEYS)
   local id, text, more = unpack(ARGV)
   if redis.call('HGET', rules, id) ~= text then return 0 end
   local known = cjson.decode(redis.call('HGET', failures, id) or '{}')
   for rule, failure in pairs(cjson.decode(more)) do
     failure.count = failure.count + (known[rule] and known[rule].count or 0)
     known[rule] = failure
   end
   redis.call('HSET', failures, id, cjson.encode(known))
   return 1`,
);

/** @param rules the text of the rules that failed, as Redis has it */
export async function addRuleFailures(
  redis: RedisClient,
  connectionId: string,
  { rules, failures }: { rules: string; failures: RuleFailures },
): Promise<void> {
  const keys = [connectionKeys.rules, connectionKeys.ruleFailures];
  await add(redis, keys, [connectionId, rules, JSON.stringify(failures)]);
}

export async function readRuleFailures(redis: RedisClient, connectionId: string): Promise<RuleFailures> {
  return JSON.parse((await redis.hget(connectionKeys.ruleFailures, connectionId)) ?? "{}");
}
