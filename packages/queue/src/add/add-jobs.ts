import {
  countsPrefix,
  defineScript,
  existsKey,
  goneKey,
  ledgerKeys,
  queueKeys,
  type RedisClient,
  type Replication,
  rememberedIdsKeys,
} from "@customerio-router/redis";
import { raising } from "@customerio-router/reports";
import { adding, argumentsOfJob, fieldsOfJob } from "./adding.ts";
import type { NewJob } from "./new-job.ts";
import { remembering } from "./remembered-ids.ts";

/** Why nothing was added, as the script says it. */
const notAdded = { gone: -1, unconfirmed: -2 } as const;

/**
 * Adds jobs, and remembers the ids of their messages, or does nothing: where the connection
 * was deleted, where neither Redis nor the caller knows that it exists, and where messages are known already, whose places
 * it gives. A job that is there is left as it is, whatever is remembered of it.
 */
const addOrFindKnown = defineScript<number[]>(
  "addJobs",
  `${remembering}${raising}${adding}
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
   -- Replicas confirm up to the last write.
   if #fresh == 0 then redis.call('SET', exists, 1) end
   if most > 0 then
     local known = findKnown(digests, recent, former)
     if #known > 0 then
       for index, digest in ipairs(known) do known[index] = places[digest] end
       redis.call('SET', exists, 1)
       return known
     end
   end
   addToWait(prefix, wait, totals, counts, fresh)
   if most > 0 and #digests > 0 then remember(digests, recent, former, most) end
   return {}`,
);

/** The digests that are known already: then nothing was added; or why nothing was. */
type AddResult = Set<string> | keyof typeof notAdded;

/** Redis has the messages, and too few replicas confirmed it: a fail-over may lose them. Sent again, they are known. */
export class TooFewReplicasError extends Error {
  override name = "TooFewReplicasError";
  constructor() {
    super("Too few replicas of Redis confirmed the messages");
  }
}

/**
 * Adds the jobs, all of them, or none. `most` bounds what is remembered in one set; 0: nothing is. `isConfirmed`: the
 * connection exists, whether it was seen to before or not.
 * @throws TooFewReplicasError
 */
export async function addJobs(
  redis: RedisClient,
  {
    connectionId,
    jobs,
    most,
    isConfirmed,
    replication,
  }: {
    connectionId: string;
    jobs: NewJob[];
    most: number;
    isConfirmed: boolean;
    /** Left out: replicas are not waited for. */
    replication: Replication | undefined;
  },
): Promise<AddResult> {
  const { wait, jobPrefix } = queueKeys(connectionId);
  const digests = jobs.flatMap((job) => job.digests);
  const fields = jobs.flatMap(argumentsOfJob);
  const keys = [
    ...[goneKey(connectionId), existsKey(connectionId), wait, ...rememberedIdsKeys(connectionId)],
    ...[ledgerKeys(connectionId).totals, countsPrefix(connectionId)],
  ];
  const args = [
    ...[jobPrefix, most, jobs.length, isConfirmed ? 1 : 0],
    ...[...fields, ...digests.map((digest) => digest ?? "")],
  ];
  const { result: places, isConfirmed: isReplicated } = replication
    ? await replication.run(addOrFindKnown, keys, args)
    : { result: await addOrFindKnown(redis, keys, args), isConfirmed: true };
  if (places[0] === notAdded.gone) return "gone";
  if (places[0] === notAdded.unconfirmed) return "unconfirmed";
  if (!isReplicated) throw new TooFewReplicasError();
  return new Set(places.map((place) => digests[place]).filter((digest) => typeof digest === "string"));
}
