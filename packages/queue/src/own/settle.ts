import type { Entry, JobData } from "@customerio-router/messages";
import { defineScript, type OwnerKeys, type RedisClient } from "@customerio-router/redis";
import { fencing } from "./fencing.ts";
import { finishing } from "./finishing.ts";
import type { Lease } from "./lease.ts";
import { lockMs } from "./take.ts";

/** The outcome of a job's messages. */
export type Settlement =
  /** This is still to be sent. */
  | { state: "active"; data: JobData }
  /** All were delivered or skipped. */
  | { state: "completed"; result: unknown }
  /** Nothing is left but what was rejected, which Retry sends again. */
  | { state: "failed"; entries: Entry[]; reason: string };

/** `gone`: the job or the connection was removed. `fenced`: another owner has the connection. */
export type Settled = "settled" | "gone" | "fenced";

const settledByCode: { [code: string]: Settled } = { 1: "settled", 0: "gone", [-1]: "fenced" };

/**
 * Being active under a lease that is mine is what makes a job mine to settle. Its lock says nothing more, and may be gone
 * (evicted, run out) or of another form, so it is not asked, only kept up: BullMQ removes no job that has one.
 */
const begin = `${fencing}
local lease, fence, gone, active, job, lock, finished, metrics, points = unpack(KEYS)
local token, id = ARGV[1], ARGV[2]
if not owns(lease, fence, token) then return redis.call('EXISTS', gone) == 1 and 0 or -1 end
`;

/** The first write is one that a full Redis takes, and then it takes the others of the script too. */
const shrinkJob = defineScript<number>(
  "shrinkJob",
  `${begin}
   redis.call('PEXPIRE', lock, ${lockMs})
   if not redis.call('LPOS', active, id, 'RANK', -1) then return 0 end
   if redis.call('EXISTS', job) == 0 then
     redis.call('LREM', active, -1, id)
     return 0
   end
   redis.call('HSET', job, 'data', ARGV[3])
   return 1`,
);

/** A job that is already finished was finished by this call, whose reply was lost: no other process could have. */
const finishJob = defineScript<number>(
  "finishJob",
  `${begin}${finishing}
   if redis.call('LREM', active, -1, id) == 0 then return redis.call('ZSCORE', finished, id) and 1 or 0 end
   redis.call('DEL', lock)
   if redis.call('EXISTS', job) == 0 then return 0 end
   finish(id, job, finished, metrics, points, ARGV[3], { unpack(ARGV, 4) })
   return 1`,
);

/** Writes the outcomes of a job's messages and moves the job, in one step. Idempotent. */
export async function settle(
  { redis, lease, keys }: { redis: RedisClient; lease: Lease; keys: OwnerKeys },
  id: string,
  settlement: Settlement,
): Promise<Settled> {
  const job = keys.job(id);
  const common = [keys.lease, keys.fence, keys.gone, keys.active, job, `${job}:lock`];
  if (settlement.state === "active") {
    const code = await shrinkJob(redis, common, [lease.token, id, JSON.stringify(settlement.data)]);
    return settledByCode[code] as Settled;
  }
  const { set, metrics, points } = keys[settlement.state];
  const args = [lease.token, id, Date.now(), ...fieldsOf(settlement)];
  return settledByCode[await finishJob(redis, [...common, set, metrics, points], args)] as Settled;
}

/** BullMQ's names of what a person reads in Bull Board. */
function fieldsOf(settlement: Exclude<Settlement, { state: "active" }>): (string | number)[] {
  if (settlement.state === "completed") return ["returnvalue", JSON.stringify(settlement.result ?? null)];
  const { entries, reason } = settlement;
  const data = JSON.stringify({ entries });
  return ["data", data, "messages", entries.length, "failedReason", reason, "stacktrace", "[]"];
}
