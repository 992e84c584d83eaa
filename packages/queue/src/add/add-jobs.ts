import {
  countsPrefix,
  defineScript,
  existsKey,
  goneKey,
  ledgerKeys,
  queueKeys,
  type RedisClient,
  rememberedIdsKeys,
} from "@customerio-router/redis";
import { raising } from "@customerio-router/reports";
import type { NewJob } from "./new-job.ts";
import { remembering } from "./remembered-ids.ts";

/** What one job is as arguments of the script, before the digests of all. */
const fieldsOfJob = 6;

/** Why nothing was added, as the script says it. */
const notAdded = { gone: -1, unconfirmed: -2 } as const;

/**
 * Adds jobs as BullMQ 6 has them in `wait`, and remembers the ids of their messages, or does nothing: where the connection
 * was deleted, where neither Redis nor the caller knows that it exists, and where messages are known already, whose places
 * it gives. A job that is there is left as it is, whatever is remembered of it. What is added counts
 * as received. BullMQ's stream of events gets nothing: nobody reads it.
 */
const addOrFindKnown = defineScript<number[]>(
  "addJobs",
  `${remembering}${raising}
   local gone, exists, wait, recent, former, totals, counts = unpack(KEYS)
   local prefix, most, jobs, isConfirmed = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
   if redis.call('EXISTS', gone) == 1 then return { ${notAdded.gone} } end
   if redis.call('EXISTS', exists) == 0 then
     if isConfirmed == '0' then return { ${notAdded.unconfirmed} } end
     redis.call('SET', exists, 1)
   end
   local fresh, digests, places = {}, {}, {}
   local place = 5 + ${fieldsOfJob} * jobs
   for at = 5, place - 1, ${fieldsOfJob} do
     local isThere = redis.call('EXISTS', prefix .. ARGV[at]) == 1
     if not isThere then fresh[#fresh + 1] = at end
     for _ = 1, ARGV[at + 5] do
       if not isThere and ARGV[place] ~= '' then
         digests[#digests + 1] = ARGV[place]
         places[#places + 1] = place - 5 - ${fieldsOfJob} * jobs
       end
       place = place + 1
     end
   end
   if most > 0 then
     local known = findKnown(digests, recent, former)
     if #known > 0 then
       for index, digest in ipairs(known) do known[index] = places[digest] end
       return known
     end
   end
   local received, byDay, byMinute = 0, {}, {}
   for _, at in ipairs(fresh) do
     local id, name, madeAtMs, data, content = unpack(ARGV, at, at + 4)
     redis.call('HSET', prefix .. id, 'name', name, 'data', data, 'opts', '{}', 'timestamp', madeAtMs, 'delay', 0, 'priority', 0, 'ledger', content)
     redis.call('LPUSH', wait, id)
     local minute = math.floor(madeAtMs / 60000)
     for _, row in ipairs(cjson.decode(content)) do
       byDay[row[1]] = (byDay[row[1]] or 0) + row[2]
       byMinute[minute] = (byMinute[minute] or 0) + row[2]
       received = received + row[2]
     end
   end
   raise(totals, counts, '', 'received', received, '')
   for day, messages in pairs(byDay) do raise(totals, counts, tostring(day), 'received', messages, '') end
   for minute, messages in pairs(byMinute) do
     raise(totals, counts, '@' .. math.floor(minute / 60), minute % 60 .. ':received', messages, '')
     raise(totals, counts, tostring(math.floor(minute / 1440)), math.floor(minute % 1440 / 60) .. ':received', messages, '')
   end
   if most > 0 and #digests > 0 then remember(digests, recent, former, most) end
   return {}`,
);

/** The digests that are known already: then nothing was added; or why nothing was. */
type AddResult = Set<string> | keyof typeof notAdded;

/**
 * Adds the jobs, all of them, or none. `most` bounds what is remembered in one set; 0: nothing is. `isConfirmed`: the
 * connection exists, whether it was seen to before or not.
 */
export async function addJobs(
  redis: RedisClient,
  {
    connectionId,
    jobs,
    most,
    isConfirmed,
  }: { connectionId: string; jobs: NewJob[]; most: number; isConfirmed: boolean },
): Promise<AddResult> {
  const { wait, jobPrefix } = queueKeys(connectionId);
  const digests = jobs.flatMap((job) => job.digests);
  const fields = jobs.flatMap(({ id, name, madeAtMs, data, content, digests }) => [
    ...[id, name, madeAtMs, data, content],
    digests.length,
  ]);
  const places = await addOrFindKnown(
    redis,
    [
      ...[goneKey(connectionId), existsKey(connectionId), wait, ...rememberedIdsKeys(connectionId)],
      ...[ledgerKeys(connectionId).totals, countsPrefix(connectionId)],
    ],
    [jobPrefix, most, jobs.length, isConfirmed ? 1 : 0, ...fields, ...digests.map((digest) => digest ?? "")],
  );
  if (places[0] === notAdded.gone) return "gone";
  if (places[0] === notAdded.unconfirmed) return "unconfirmed";
  return new Set(places.map((place) => digests[place]).filter((digest) => typeof digest === "string"));
}
