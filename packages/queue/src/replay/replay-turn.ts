import { defineScript, limiterKey, queueKeys, type RedisClient, replayKey } from "@customerio-router/redis";
import type { ReplayState } from "./replay.ts";

/** A replay goes on while at most this many jobs wait: live messages come first. */
const maxWaitingJobs = 2;

/** Of the limiter's requests, this share is the most that is in use when a replay adds more. */
const limiterShare = 0.5;

const reasons = ["go", "paused", "live", "settling", "limiter"] as const;

/** Why a replay waits; `go` when it does not. */
export type ReplayTurn = {
  state: ReplayState;
  cursor: string;
  waitsFor: (typeof reasons)[number];
  /** How long at least. */
  waitMs: number;
  /** Requests that may be made for it now. */
  requests: number;
};

/**
 * Whether the replay may add a portion: its former one is settled, next to nothing else waits, and less than half of the
 * limiter is in use. The limiter's times are in order, so a binary search tells how many of the last ones count.
 */
const turn = defineScript<
  [state: string, cursor: string, reason: number, waitMs: number, requests: number] | null
>(
  "replayTurn",
  `local replay, meta, wait, limiter = unpack(KEYS)
   local prefix, half, durationMs = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
   local known = redis.call('HMGET', replay, 'state', 'cursor', 'jobs')
   if not known[1] then return false end
   local function answer(reason, waitMs, requests) return { known[1], known[2] or '', reason, waitMs, requests } end
   if redis.call('HEXISTS', meta, 'paused') == 1 then return answer(1, 500, 0) end
   for id in string.gmatch(known[3] or '', '[^ ]+') do
     local job = prefix .. id
     if redis.call('EXISTS', job) == 1 and redis.call('HEXISTS', job, 'finishedOn') == 0 then return answer(3, 10, 0) end
   end
   if redis.call('LLEN', wait) > ${maxWaitingJobs} then return answer(2, 100, 0) end
   local time = redis.call('TIME')
   local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
   local function isOver(place) return tonumber(redis.call('LINDEX', limiter, -place)) + durationMs <= nowMs end
   local low, high = 0, math.min(half, redis.call('LLEN', limiter))
   while low < high do
     local middle = math.ceil((low + high) / 2)
     if isOver(middle) then high = middle - 1 else low = middle end
   end
   if low < half then return answer(0, 0, half - low) end
   local waitMs = tonumber(redis.call('LINDEX', limiter, -half)) + durationMs - nowMs
   return answer(4, math.max(1, waitMs), 0)`,
);

/** What the replay may do now; undefined where it is forgotten. */
export async function readReplayTurn(
  redis: RedisClient,
  { connectionId, id }: { connectionId: string; id: string },
  limiter: { max: number; duration: number },
): Promise<ReplayTurn | undefined> {
  const { meta, wait, jobPrefix } = queueKeys(connectionId);
  const half = Math.max(1, Math.floor(limiter.max * limiterShare));
  const reply = await turn(
    redis,
    [replayKey(connectionId, id), meta, wait, limiterKey(connectionId)],
    [jobPrefix, half, limiter.duration],
  );
  if (reply === null) return undefined;
  const [state, cursor, reason, waitMs, requests] = reply;
  return {
    state: state as ReplayState,
    cursor,
    waitsFor: reasons[reason] as ReplayTurn["waitsFor"],
    waitMs,
    requests,
  };
}
