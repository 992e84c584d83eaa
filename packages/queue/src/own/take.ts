import { type JobData, type Rejection, readJobData } from "@customerio-router/messages";
import { defineScript, type OwnerKeys, type RedisClient } from "@customerio-router/redis";
import { changesOfContent, contentOf, raising, readContent } from "@customerio-router/reports";
import { FencedError, fencing } from "./fencing.ts";
import { finishing } from "./finishing.ts";
import type { Lease } from "./lease.ts";
import type { Past } from "./settle.ts";

/** The lease says who may work on a job; BullMQ's lock of it only must not run out before. */
export const lockMs = 24 * 60 * 60 * 1000;

/** The intake makes jobs of at most 256 KB. A job beyond this bound was added by hand; reading it would cost leases. */
const maxJobBytes = 8 * 1024 * 1024;

/** BullMQ keeps a delayed job's time in the upper bits of its score. */
export const delayedScoreUnit = 4096;

/** Maximum bytes of data in one reply of Redis: more would delay other replies. */
export const maxTakenBytes = 32 * 1024 * 1024;

/** A job its owner has taken: out of `wait`, in `active`. */
export type TakenJob = {
  id: string;
  /** Where it is no JSON, its text counts as the message. */
  data: JobData;
  /** Of the data, as Redis has it. */
  bytes: number;
  /** Unix milliseconds of the job's making. */
  enqueuedAtMs: number;
  /** What the ledger has counted of it: what is in `data`. */
  content: string;
  /** Its settlements so far. */
  past: Past[];
  /** Why nothing of it can be sent. */
  problem?: Rejection;
};

/** What a take brought. */
export type Taken = {
  jobs: TakenJob[];
  /** How many are taken by then: more than the owner knows of means that a reply of Redis got lost. */
  active: number;
  isPaused: boolean;
  /** Nothing is left that could be taken, now or once another job is settled: new jobs are told by a wake-up. */
  isDrained: boolean;
};

/** A job that was failed at once, unread. */
export type TooLargeJob = { id: string; bytes: number };

type TakeReply =
  | [active: number, paused: number, left: number, tooLarge: (string | number)[], taken: (string | null)[]]
  | null;

/** Its first write is one that a full Redis takes, and then it takes the others too: taking is what makes room. */
const takeJobs = defineScript<TakeReply>(
  "takeJobs",
  `${fencing}${finishing}${raising}
   local lease, fence, meta, wait, active, prioritized, delayed, failed, metrics, points, totals, counts = unpack(KEYS)
   local token, prefix, lock, reason = unpack(ARGV)
   local nowMs, count, known, maxBytes, wantedBytes = unpack(ARGV, 5)
   local takenBytes = 0
   if not owns(lease, fence, token) then return false end
   local paused = redis.call('HEXISTS', meta, 'paused')
   local areActive = redis.call('LLEN', active)
   if paused == 1 or areActive > tonumber(known) or tonumber(count) <= 0 then return { areActive, paused, 1, {}, {} } end
   redis.call('PERSIST', fence)

   local function nextOther()
     local id = redis.call('ZPOPMIN', prioritized)[1]
     if not id then
       local dueScore = string.format('%.0f', (nowMs + 1) * ${delayedScoreUnit} - 1)
       id = redis.call('ZRANGEBYSCORE', delayed, 0, dueScore, 'LIMIT', 0, 1)[1]
       if not id then return nil end
       redis.call('ZREM', delayed, id)
       if redis.call('EXISTS', prefix .. id) == 1 then redis.call('HSET', prefix .. id, 'delay', 0) end
     end
     redis.call('LPUSH', active, id)
     return id
   end

   local function fail(job)
     local content = redis.call('HGET', job, 'ledger')
     local today = math.floor(nowMs / 86400000)
     local rows, messages = content and cjson.decode(content), 0
     if not rows then
       rows = { { today, 1 } }
       raise(totals, counts, '', 'received', 1, '')
       raise(totals, counts, tostring(today), 'received', 1, '')
     end
     for _, row in ipairs(rows) do
       messages = messages + row[2]
       if not row[3] then
         row[3], row[4] = 'job-too-large', '(unread)'
         raise(totals, counts, '', 'rejected', row[2], '')
         raise(totals, counts, tostring(row[1]), 'rejected|job-too-large|', row[2], row[4])
         raise(totals, counts, '@' .. math.floor(nowMs / 3600000), math.floor(nowMs % 3600000 / 60000) .. ':rejected', row[2], '')
         raise(totals, counts, tostring(today), math.floor(nowMs % 86400000 / 3600000) .. ':rejected', row[2], '')
       end
     end
     return cjson.encode(rows), messages
   end

   local tooLarge, taken = {}, {}
   local function take(id)
     local job = prefix .. id
     local bytes = redis.call('HSTRLEN', job, 'data')
     if bytes == 0 and redis.call('EXISTS', job) == 0 then
       redis.call('LREM', active, 1, id)
     elseif bytes > tonumber(maxBytes) then
       redis.call('LREM', active, 1, id)
       local content, messages = fail(job)
       finish(id, job, failed, metrics, points, nowMs, { 'failedReason', reason, 'stacktrace', '[]', 'ledger', content, 'messages', messages })
       tooLarge[#tooLarge + 1] = id
       tooLarge[#tooLarge + 1] = bytes
     else
       local found = redis.call('HMGET', job, 'timestamp', 'data', 'ledger')
       redis.call('HSET', job, 'processedOn', nowMs)
       redis.call('SET', job .. ':lock', lock, 'PX', ${lockMs})
       takenBytes = takenBytes + bytes
       local last = #taken
       taken[last + 1], taken[last + 2], taken[last + 3], taken[last + 4] = id, found[1], found[2], found[3]
     end
   end

   local bound = redis.call('HGET', meta, 'concurrency')
   local free = bound and bound - areActive or math.huge
   local isEmpty = redis.call('EXISTS', wait) == 0
   for _ = 1, math.min(count, free) do
     local id = redis.call('RPOPLPUSH', wait, active)
     if not id then break end
     take(id)
     if takenBytes >= tonumber(wantedBytes) then break end
   end
   -- One at a time: after it, wait may have something again.
   local other = isEmpty and free > 0 and nextOther()
   if other then take(other) end
   local left = other and 1 or redis.call('EXISTS', wait)
   return { redis.call('LLEN', active), paused, left, tooLarge, taken }`,
);

/** Corrects what the ledger has counted of a job, unless that is something else by now. Gives what it has counted. */
const correctContent = defineScript<string | null>(
  "correctContent",
  `${fencing}${raising}
   local lease, fence, job, totals, counts = unpack(KEYS)
   local token, former, latter = unpack(ARGV)
   if not owns(lease, fence, token) then return false end
   local counted = redis.call('HGET', job, 'ledger') or ''
   if counted ~= former or redis.call('EXISTS', job) == 0 then return counted end
   redis.call('HSET', job, 'ledger', latter)
   raiseAll(totals, counts, ARGV, 4)
   return latter`,
);

const tooLargeReason = `The job is larger than ${maxJobBytes / 1024 / 1024} MB and was not read: send its messages in smaller jobs, then delete it`;

/** Takes the next jobs, at most `count` that wait, or one with priority or a due delay; none while more than `known` are active. */
export async function takeNext(
  { redis, lease, keys }: { redis: RedisClient; lease: Lease; keys: OwnerKeys },
  { count, bytes, known }: { count: number; bytes: number; known: number },
): Promise<Taken & { tooLarge: TooLargeJob[] }> {
  const { failed } = keys;
  const reply = await takeJobs(
    redis,
    [
      ...[keys.lease, keys.fence, keys.meta, keys.wait, keys.active, keys.prioritized, keys.delayed],
      ...[failed.set, failed.metrics, failed.points, ...keys.ledger],
    ],
    [
      ...[lease.token, keys.jobPrefix, lease.lock, tooLargeReason],
      ...[Date.now(), count, known, maxJobBytes, Math.floor(bytes)],
    ],
  );
  if (reply === null) throw new FencedError(lease.connectionId);
  const [active, paused, left, tooLarge, taken] = reply;
  const jobs = inGroups(taken, 4).map(toTaken);
  for (const job of jobs) await correct({ redis, lease, keys }, job);
  return {
    active,
    isPaused: paused === 1,
    isDrained: left === 0,
    jobs,
    tooLarge: inGroups(tooLarge, 2).map(toTooLarge),
  };
}

/** The ledger counts what is in the job. It differs where the job was retried, edited, or added by another way than the intake's. */
async function correct(
  { redis, lease, keys }: { redis: RedisClient; lease: Lease; keys: OwnerKeys },
  job: TakenJob,
): Promise<void> {
  const latter = contentOf(job.data, job.enqueuedAtMs);
  while (job.content !== latter) {
    const changes = changesOfContent(readContent(job.content), readContent(latter));
    const keyNames = [keys.lease, keys.fence, keys.job(job.id), ...keys.ledger];
    const content = await correctContent(redis, keyNames, [lease.token, job.content, latter, ...changes]);
    if (content === null) throw new FencedError(lease.connectionId);
    if (content === job.content) return;
    job.content = content;
  }
}

function inGroups<Item>(items: Item[], size: number): Item[][] {
  return Array.from({ length: items.length / size }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

function toTooLarge([id, bytes]: (string | number)[]): TooLargeJob {
  return { id: String(id), bytes: Number(bytes) };
}

function toTaken([id = "", madeAtMs, data, content]: (string | null)[]): TakenJob {
  const text = data ?? "";
  const job = {
    id: id as string,
    bytes: Buffer.byteLength(text),
    enqueuedAtMs: Number(madeAtMs ?? Date.now()),
    content: content ?? "",
    past: [],
  };
  try {
    return { ...job, data: readJobData(JSON.parse(text)) };
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown";
    const message = `The data of job ${id} is not JSON (${why}): correct it and retry the job, or delete it`;
    return { ...job, data: readJobData(text), problem: { reason: "invalid-job", message } };
  }
}
