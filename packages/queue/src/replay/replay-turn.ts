import {
  defineScript,
  ledgerKeys,
  limiterKey,
  queueKeys,
  type RedisClient,
  replayKey,
} from "@customerio-router/redis";
import type { ReplayState } from "./replay.ts";

/** A replay goes on while at most this many jobs wait: live messages come first. */
const maxWaitingJobs = 2;

/** The share of the limiter's requests that a replay leaves free beside all others, so that live messages need not wait. */
const freeShare = 0.1;

const reasons = ["go", "paused", "live", "settling", "limiter"] as const;

/** Why a replay waits; `go` when it does not. */
export type ReplayTurn = {
  state: ReplayState;
  cursor: string;
  /** How many times people were erased from its connection since it was started. */
  erasures: number;
  waitsFor: (typeof reasons)[number];
  /** How long at least. */
  waitMs: number;
  /** Requests that may be made for it now. */
  requests: number;
  /** Messages that the connection has received otherwise than by replays, ever. */
  live: number;
};

type TurnReply = [
  state: string,
  cursor: string,
  erasures: string,
  reason: number,
  waitMs: number,
  requests: number,
  live: number,
];

/**
 * Whether the replay may add a portion: its former one is settled, next to nothing else waits, and the limiter has room. The
 * limiter's times are in order, so a binary search tells how many of the last ones count.
 */
const turn = defineScript<TurnReply | null>(
  "replayTurn",
  `local replay, meta, wait, limiter, totals = unpack(KEYS)
   local prefix, most, durationMs = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
   local known = redis.call('HMGET', replay, 'state', 'cursor', 'jobs', 'erasures')
   if not known[1] then return false end
   local received = redis.call('HMGET', totals, 'received', 'received|replay|')
   local live = tonumber(received[1] or 0) - tonumber(received[2] or 0)
   local function answer(reason, waitMs, requests) 
     return { known[1], known[2] or '', known[4] or '0', reason, waitMs, requests, live }
   end
   if redis.call('HEXISTS', meta, 'paused') == 1 then return answer(1, 500, 0) end
   for id in string.gmatch(known[3] or '', '[^ ]+') do
     local job = prefix .. id
     if redis.call('EXISTS', job) == 1 and redis.call('HEXISTS', job, 'finishedOn') == 0 then return answer(3, 10, 0) end
   end
   if redis.call('LLEN', wait) > ${maxWaitingJobs} then return answer(2, 100, 0) end
   local time = redis.call('TIME')
   local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
   local function isOver(place) return tonumber(redis.call('LINDEX', limiter, -place)) + durationMs <= nowMs end
   local low, high = 0, math.min(most, redis.call('LLEN', limiter))
   while low < high do
     local middle = math.ceil((low + high) / 2)
     if isOver(middle) then high = middle - 1 else low = middle end
   end
   if low < most then return answer(0, 0, most - low) end
   local waitMs = tonumber(redis.call('LINDEX', limiter, -most)) + durationMs - nowMs
   return answer(4, math.max(1, waitMs), 0)`,
);

/** What the replay may do now; undefined where it is forgotten. */
export async function readReplayTurn(
  redis: RedisClient,
  { connectionId, id }: { connectionId: string; id: string },
  limiter: { max: number; duration: number },
): Promise<ReplayTurn | undefined> {
  const { meta, wait, jobPrefix } = queueKeys(connectionId);
  const most = Math.max(1, limiter.max - Math.ceil(limiter.max * freeShare));
  const reply = await turn(
    redis,
    [replayKey(connectionId, id), meta, wait, limiterKey(connectionId), ledgerKeys(connectionId).totals],
    [jobPrefix, most, limiter.duration],
  );
  if (reply === null) return undefined;
  const [state, cursor, erasures, reason, waitMs, requests, live] = reply;
  return {
    state: state as ReplayState,
    cursor,
    erasures: Number(erasures),
    waitsFor: reasons[reason] as ReplayTurn["waitsFor"],
    waitMs,
    requests,
    live,
  };
}
