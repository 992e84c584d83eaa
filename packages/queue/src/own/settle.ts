import type { Entry, JobData } from "@customerio-router/messages";
import { defineScript, type OwnerKeys, type RedisClient } from "@customerio-router/redis";
import { changesOfOutcomes, contentOf, raising, type SettledMessage } from "@customerio-router/reports";
import { fencing } from "./fencing.ts";
import { finishing } from "./finishing.ts";
import type { Lease } from "./lease.ts";
import { lockMs, type TakenJob } from "./take.ts";

/** The outcomes of some of a job's messages, and what becomes of the job. */
export type Settlement = {
  /** The messages that have their outcome since the last settlement. */
  settled: SettledMessage[];
} & (
  | /** This is still to be sent. */ { state: "active"; data: JobData }
  | /** All were delivered or skipped. */ { state: "completed"; result: unknown }
  | /** Nothing is left but what was rejected, which Retry sends again. */ {
      state: "failed";
      entries: Entry[];
      reason: string;
    }
);

/** `gone`: the job or the connection was removed. `fenced`: another owner has the connection. */
export type Settled = "settled" | "gone" | "fenced";

const settledByCode: { [code: number]: Settled } = { 1: "settled", 0: "gone", [-1]: "fenced" };

/**
 * Being active under a lease that is mine is what makes a job mine to settle. Its lock says nothing more, and may be gone
 * (evicted, run out) or of another form, so it is not asked, only kept up: BullMQ removes no job that has one.
 */
const begin = `${fencing}${raising}
local lease, fence, gone, active, job, lock, totals, counts, finished, metrics, points = unpack(KEYS)
local token, id, former, latter = unpack(ARGV)
if not owns(lease, fence, token) then return redis.call('EXISTS', gone) == 1 and 0 or -1 end
local counted = redis.call('HGET', job, 'ledger')
`;

/**
 * A job whose hash was lost is gone, but its messages have their outcomes and count. The first write is one that a full
 * Redis takes, and then it takes the others of the script too.
 */
const shrinkJob = defineScript<number | string>(
  "shrinkJob",
  `${begin}
   redis.call('PEXPIRE', lock, ${lockMs})
   if not redis.call('LPOS', active, id, 'RANK', -1) then return 0 end
   if redis.call('EXISTS', job) == 0 then
     redis.call('LREM', active, -1, id)
     raiseAll(totals, counts, ARGV, 6)
     return 0
   end
   if counted == latter then return 1 end
   if counted ~= former then return counted or '' end
   redis.call('HSET', job, 'data', ARGV[5], 'ledger', latter)
   raiseAll(totals, counts, ARGV, 6)
   return 1`,
);

/** A job that is already finished was finished by this call, whose reply was lost: no other process could have. */
const finishJob = defineScript<number | string>(
  "finishJob",
  `${begin}${finishing}
   if counted and counted ~= former and redis.call('LPOS', active, id, 'RANK', -1) then return counted end
   if redis.call('LREM', active, -1, id) == 0 then return redis.call('ZSCORE', finished, id) and 1 or 0 end
   redis.call('DEL', lock)
   local fields = tonumber(ARGV[6])
   raiseAll(totals, counts, ARGV, 7 + fields)
   if redis.call('EXISTS', job) == 0 then return 0 end
   finish(id, job, finished, metrics, points, ARGV[5], { 'ledger', latter, unpack(ARGV, 7, 6 + fields) })
   return 1`,
);

/** Writes the outcomes of a job's messages, counts them, and moves the job, in one step. Idempotent. */
export async function settle(
  owned: { redis: RedisClient; lease: Lease; keys: OwnerKeys },
  job: TakenJob,
  settlement: Settlement,
): Promise<Settled> {
  const latter = contentAfter(settlement, job.enqueuedAtMs);
  let { settled } = settlement;
  for (let former = job.content; ; ) {
    const code = await write(owned, job, { settlement, former, latter, settled });
    if (typeof code === "number") {
      if (code === 1) remember(job, former, latter, settled);
      return settledByCode[code] as Settled;
    }
    // A replica that was promoted missed earlier settlements, and what they counted.
    const missed = job.settlements.findIndex((earlier) => earlier.former === code);
    if (missed >= 0)
      settled = [...job.settlements.slice(missed).flatMap((each) => each.settled), ...settlement.settled];
    former = code;
  }
}

function remember(job: TakenJob, former: string, latter: string, settled: SettledMessage[]): void {
  job.settlements.push({ former, settled });
  job.content = latter;
}

async function write(
  { redis, lease, keys }: { redis: RedisClient; lease: Lease; keys: OwnerKeys },
  { id, enqueuedAtMs }: TakenJob,
  {
    settlement,
    former,
    latter,
    settled,
  }: { settlement: Settlement; former: string; latter: string; settled: SettledMessage[] },
): Promise<number | string> {
  const nowMs = Date.now();
  const job = keys.job(id);
  const common = [keys.lease, keys.fence, keys.gone, keys.active, job, `${job}:lock`, ...keys.ledger];
  const begin = [lease.token, id, former, latter];
  const changes = changesOfOutcomes(settled, { madeAtMs: enqueuedAtMs, nowMs });
  if (settlement.state === "active") {
    return await shrinkJob(redis, common, [...begin, JSON.stringify(settlement.data), ...changes]);
  }
  const { set, metrics, points } = keys[settlement.state];
  const fields = fieldsOf(settlement);
  const args = [...begin, nowMs, fields.length, ...fields, ...changes];
  return await finishJob(redis, [...common, set, metrics, points], args);
}

/** What the job holds then, as the ledger counts it. */
function contentAfter(settlement: Settlement, madeAtMs: number): string {
  switch (settlement.state) {
    case "active":
      return contentOf(settlement.data, madeAtMs);
    case "completed":
      return contentOf({ entries: [] }, madeAtMs);
    case "failed":
      return contentOf({ entries: [], rejected: settlement.entries }, madeAtMs);
  }
}

/** BullMQ's names of what a person reads in Bull Board. */
function fieldsOf(settlement: Exclude<Settlement, { state: "active" }>): (string | number)[] {
  if (settlement.state === "completed") return ["returnvalue", JSON.stringify(settlement.result ?? null)];
  const { entries, reason } = settlement;
  const data = JSON.stringify({ entries });
  return ["data", data, "messages", entries.length, "failedReason", reason, "stacktrace", "[]"];
}
