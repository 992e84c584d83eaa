import type { Entry } from "@customerio-router/messages";
import {
  countsPrefix,
  defineScript,
  fenceKey,
  goneKey,
  leaseKey,
  ledgerKeys,
  queueKeys,
  type RedisClient,
  replayKey,
} from "@customerio-router/redis";
import { raising } from "@customerio-router/reports";
import { adding, argumentsOfJob, fieldsOfJob } from "../add/adding.ts";
import { intoJobs } from "../add/new-job.ts";
import { fencing } from "../own/fencing.ts";
import { wake } from "../wake.ts";
import type { LeftOutReason } from "./replayed-entry.ts";

/** Lines of a replay, in order: what is added of them, and up to where they go. */
export type Portion = {
  /** Before the portion; it is added only there. */
  after: string;
  /** The erasures that the replay knew of; it is added only while there is no other. */
  erasures: number;
  /** Behind it. */
  cursor: string;
  lines: number;
  entries: Entry[];
  leftOut: Map<LeftOutReason, number>;
};

/** `added`; or nothing was, because the replay does not run, is elsewhere or meets an erasure by now, or belongs to another process. */
export type PortionResult = "added" | "stopped" | "moved" | "fenced" | "gone";

const results: { [code: number]: PortionResult } = {
  1: "added",
  0: "stopped",
  [-1]: "moved",
  [-2]: "fenced",
  [-3]: "gone",
};

/**
 * Adds the jobs and moves the cursor in one step: whoever is killed anywhere, no line is lost or added twice. The queue's
 * remembered ids are not asked, since a replay is of messages that came before.
 */
const add = defineScript<number>(
  "addPortion",
  `${fencing}${raising}${adding}
   local lease, fence, gone, replay, wait, totals, counts = unpack(KEYS)
   local token, prefix, after, erasures, cursor, lines, leftOut, jobs = unpack(ARGV)
   if redis.call('EXISTS', gone) == 1 then return -3 end
   if token ~= '' and not owns(lease, fence, token) then return -2 end
   local known = redis.call('HMGET', replay, 'state', 'cursor', 'erasures')
   if known[1] ~= 'running' then return 0 end
   if (known[2] or '') ~= after or (known[3] or '0') ~= erasures then return -1 end
   local firstJob = 9 + 2 * leftOut
   local places, ids = {}, {}
   for at = firstJob, firstJob + ${fieldsOfJob} * (jobs - 1), ${fieldsOfJob} do
     places[#places + 1] = at
     ids[#ids + 1] = ARGV[at]
   end
   if #places > 0 then
     local messages, byDay = addToWait(prefix, wait, totals, counts, places)
     raise(totals, counts, '', 'received|replay|', messages, '')
     for day, ofDay in pairs(byDay) do raise(totals, counts, tostring(day), 'received|replay|', ofDay, '') end
     redis.call('HINCRBY', replay, 'added', messages)
   end
   redis.call('HSET', replay, 'cursor', cursor, 'jobs', table.concat(ids, ' '))
   redis.call('HDEL', replay, 'note')
   redis.call('HINCRBY', replay, 'read', lines)
   for at = 9, firstJob - 1, 2 do redis.call('HINCRBY', replay, 'left-out:' .. ARGV[at], ARGV[at + 1]) end
   return 1`,
);

/** @param token the owner's fencing token; without one, for a file, the cursor alone keeps writers apart. */
export async function addPortion(
  redis: RedisClient,
  { connectionId, id, token = "" }: { connectionId: string; id: string; token?: string },
  { after, erasures, cursor, lines, entries, leftOut }: Portion,
): Promise<PortionResult> {
  const jobs = intoJobs(entries.map((entry) => ({ entry, digest: "" })));
  const { wait, jobPrefix } = queueKeys(connectionId);
  const code = await add(
    redis,
    [
      ...[leaseKey(connectionId), fenceKey(connectionId), goneKey(connectionId)],
      ...[replayKey(connectionId, id), wait, ledgerKeys(connectionId).totals, countsPrefix(connectionId)],
    ],
    [
      ...[token, jobPrefix, after, erasures, cursor, lines, leftOut.size, jobs.length],
      ...[...leftOut].flat(),
      ...jobs.flatMap(argumentsOfJob),
    ],
  );
  if (code === 1 && jobs.length > 0) await wake(redis, connectionId);
  return results[code] as PortionResult;
}
