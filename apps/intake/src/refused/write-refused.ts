import { defineScript, goneKey, type RedisClient, refusedKey } from "@customerio-router/redis";
import { refusedBounds, refusedFields } from "@customerio-router/reports";

/** Since the last write of a source. */
const keptMs = 30 * 86_400_000;

export type RefusedPortion = {
  reason: string;
  requests: number;
  /** As JSON: of the last request. */
  last: string;
  /** As JSON; empty: none. */
  example: string;
};

/** What belongs to a connection's own source is written only while the connection exists. The newest examples take the place of the oldest. */
const write = defineScript<number>(
  "writeRefused",
  `local key, gone = unpack(KEYS)
   local keptMs, maxReasons, maxExamples, requests, last, example = unpack(ARGV)
   if redis.call('EXISTS', gone) == 1 then return 0 end
   for index = 7, #ARGV, 4 do
     local reason = ARGV[index]
     local isKnown = redis.call('HEXISTS', key, requests .. reason) == 1
     if not isKnown and tonumber(redis.call('HGET', key, 'reasons') or 0) < tonumber(maxReasons) then
       redis.call('HINCRBY', key, 'reasons', 1)
       isKnown = true
     end
     if isKnown then
       redis.call('HINCRBY', key, requests .. reason, ARGV[index + 1])
       redis.call('HSET', key, last .. reason, ARGV[index + 2])
       if ARGV[index + 3] ~= '' then
         local place = redis.call('HINCRBY', key, 'examples:' .. reason, 1) % tonumber(maxExamples)
         redis.call('HSET', key, example .. reason .. ':' .. place, ARGV[index + 3])
       end
     end
   end
   return redis.call('PEXPIRE', key, keptMs)`,
);

export async function writeRefused(
  redis: RedisClient,
  sourceId: string,
  portions: readonly RefusedPortion[],
): Promise<void> {
  const { reasons, examplesPerReason } = refusedBounds;
  const { requests, last, example } = refusedFields;
  const values = portions.flatMap((portion) => [
    portion.reason,
    portion.requests,
    portion.last,
    portion.example,
  ]);
  const bounds = [keptMs, reasons, examplesPerReason, requests, last, example];
  await write(redis, [refusedKey(sourceId), goneKey(sourceId)], [...bounds, ...values]);
}
