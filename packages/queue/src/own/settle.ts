import { type Entry, type JobData, writeJobData } from "@customerio-router/messages";
import {
  defineScript,
  type OwnerKeys,
  type RedisClient,
  type Replication,
  type Script,
} from "@customerio-router/redis";
import {
  changesOfOutcomes,
  contentOf,
  outboxing,
  raising,
  type SettledMessage,
  writeBody,
} from "@customerio-router/reports";
import { fencing } from "./fencing.ts";
import { finishing } from "./finishing.ts";
import type { Lease } from "./lease.ts";
import { lockMs, type TakenJob } from "./take.ts";

/** The outcomes of some of a job's messages, and what becomes of the job. */
export type Settlement = {
  /** The messages that have their outcome since the last settlement, in the order of the job. */
  settled: SettledMessage[];
  /** How they came to it, as `writeTraces` writes it. */
  traces: string;
  /** Sent again, one of them would turn state back: where replicas are waited for, they are here. */
  changesState?: boolean;
} & (
  | /** This is still to be sent. */ { state: "active"; data: JobData }
  | /** All were delivered or skipped. `data` replaces the job's, of which something is not kept. */ {
      state: "completed";
      result: unknown;
      data?: JobData;
    }
  | /** Nothing is left but what was rejected, which Retry sends again. */ {
      state: "failed";
      entries: Entry[];
      reason: string;
    }
);

/** A settlement that was written, in case a replica that missed it is promoted. */
export type Past = Pick<Settlement, "settled" | "traces"> & {
  /** What the job held before, as the ledger counts it. */
  former: string;
};

/** `gone`: the job or the connection was removed. `fenced`: another owner has the connection. */
export type Settled = "settled" | "gone" | "fenced";

const settledByCode: { [code: number]: Settled } = { 1: "settled", 0: "gone", [-1]: "fenced" };

/** Arguments before the bodies, the job's fields, and the changes of the ledger. */
const fixedArguments = 8;

/**
 * Being active under a lease that is mine is what makes a job mine to settle. Its lock says nothing more, and may be gone
 * (evicted, run out) or of another form, so it is not asked, only kept up: BullMQ removes no job that has one.
 */
const begin = `${fencing}${raising}${outboxing}
local lease, fence, gone, active, job, lock, totals, counts, outbox, meta, finished, metrics, points = unpack(KEYS)
local token, id, former, latter, nowMs, wholeMessages, bodies, fields = unpack(ARGV)
if not owns(lease, fence, token) then return redis.call('EXISTS', gone) == 1 and 0 or -1 end
local counted = redis.call('HGET', job, 'ledger')
local firstField = ${fixedArguments + 1} + 2 * bodies
local firstChange = firstField + fields
local function countAndRecord()
  raiseAll(totals, counts, ARGV, firstChange)
  for at = ${fixedArguments + 1}, firstField - 1, 2 do appendBody(outbox, meta, nowMs, ARGV[at], ARGV[at + 1]) end
end
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
     countAndRecord()
     return 0
   end
   if counted == latter then return 1 end
   if counted ~= former then return counted or '' end
   redis.call('HSET', job, 'ledger', latter, unpack(ARGV, firstField, firstChange - 1))
   countAndRecord()
   return 1`,
);

/** A job that is already finished was finished by this call, whose reply was lost: no other process could have. */
const finishJob = defineScript<number | string>(
  "finishJob",
  `${begin}${finishing}
   if counted and counted ~= former and redis.call('LPOS', active, id, 'RANK', -1) then return counted end
   if redis.call('LREM', active, -1, id) == 0 then return redis.call('ZSCORE', finished, id) and 1 or 0 end
   redis.call('DEL', lock)
   countAndRecord()
   if redis.call('EXISTS', job) == 0 then return 0 end
   finish(id, job, finished, metrics, points, nowMs, { 'ledger', latter, unpack(ARGV, firstField, firstChange - 1) })
   if wholeMessages ~= '' then appendJob(outbox, meta, nowMs, wholeMessages, id, job) end
   return 1`,
);

type Owned = {
  redis: RedisClient;
  lease: Lease;
  keys: OwnerKeys;
  /** Left out: replicas are not waited for. */
  replication?: Replication | undefined;
};

/** Writes the outcomes of a job's messages, counts and records them, and moves the job, in one step. Idempotent. */
export async function settle(owned: Owned, job: TakenJob, settlement: Settlement): Promise<Settled> {
  const latter = contentAfter(settlement, job.enqueuedAtMs);
  let missed: Past[] = [];
  for (let former = job.content; ; ) {
    const code = await write(owned, job, { settlement, former, latter, missed });
    if (typeof code === "number") {
      if (code === 1) {
        job.past.push({ former, settled: settlement.settled, traces: settlement.traces });
        job.content = latter;
      }
      return settledByCode[code] as Settled;
    }
    // A replica that was promoted missed earlier settlements, and what they counted.
    const place = job.past.findIndex((earlier) => earlier.former === code);
    missed = place < 0 ? [] : job.past.slice(place);
    former = code;
  }
}

async function write(
  { redis, lease, keys, replication }: Owned,
  { id, enqueuedAtMs }: TakenJob,
  {
    settlement,
    former,
    latter,
    missed,
  }: { settlement: Settlement; former: string; latter: string; missed: Past[] },
): Promise<number | string> {
  const nowMs = Date.now();
  const job = keys.job(id);
  const all = [...missed, settlement].filter(({ settled }) => settled.length > 0);
  // A completed job has the entries and traces of its last settlement itself.
  const isWhole = settlement.state === "completed" && missed.length === 0;
  const bodies = isWhole ? [] : all.map((each) => bodyOf(id, each));
  const fields = fieldsOf(settlement);
  const changes = changesOfOutcomes(
    all.flatMap(({ settled }) => settled),
    { madeAtMs: enqueuedAtMs, nowMs },
  );
  const common = [keys.lease, keys.fence, keys.gone, keys.active, job, `${job}:lock`];
  const keyNames = [...common, ...keys.ledger, ...keys.outbox];
  const args = [
    ...[lease.token, id, former, latter, nowMs],
    ...[isWhole ? settlement.settled.length : "", bodies.length, fields.length],
    ...[...bodies.flat(), ...fields, ...changes],
  ];
  const run = async (script: Script<number | string>, names: string[]) =>
    replication && settlement.changesState && !replication.isBehind
      ? (await replication.run(script, names, args)).result
      : await script(redis, names, args);
  if (settlement.state === "active") return await run(shrinkJob, keyNames);
  const { set, metrics, points } = keys[settlement.state];
  return await run(finishJob, [...keyNames, set, metrics, points]);
}

function bodyOf(id: string, { settled, traces }: Pick<Settlement, "settled" | "traces">): [number, string] {
  const entries = settled.map(({ entry }) => entry);
  return [entries.length, writeBody({ jobId: id, data: writeJobData({ entries }), traces })];
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
function fieldsOf(settlement: Settlement): (string | number)[] {
  switch (settlement.state) {
    case "active":
      return ["data", writeJobData(settlement.data)];
    case "completed": {
      const result = ["returnvalue", JSON.stringify(settlement.result ?? null), "traces", settlement.traces];
      return settlement.data ? [...result, "data", writeJobData(settlement.data)] : result;
    }
    case "failed": {
      const { entries, reason } = settlement;
      const data = writeJobData({ entries });
      return ["data", data, "messages", entries.length, "failedReason", reason, "stacktrace", "[]"];
    }
  }
}
