import { FencedError, fencing } from "@customerio-router/queue";
import {
  alertKeys,
  alertLease,
  defineScript,
  fenceKey,
  leaseKey,
  type RedisClient,
} from "@customerio-router/redis";
import type { Delivery } from "../deliver/delivery.ts";
import type { AlertState, AlertStates } from "./alert-state.ts";
import type { Notice } from "./notice.ts";

/** Notices that the page and the API show. */
export const maxHistory = 100;
/** A notice that is no longer shown is kept for this long, since it may not be delivered yet. */
const keptMs = 2 * 24 * 3_600_000;

const { version, episode, states, history, outstanding, noticePrefix } = alertKeys;

/** Adds notices with their deliveries, once each, and lets those beyond the history expire. */
const addNotices = `
local function addNotices(at)
  local history, outstanding, prefix, max, keptMs, notices = KEYS[4], KEYS[5], ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 2], tonumber(ARGV[at + 3])
  at = at + 4
  for _ = 1, notices do
    local id, text, atMs, deliveries = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
    local isNew = redis.call('HSETNX', prefix .. id, 'notice', text) == 1
    if isNew then redis.call('ZADD', history, atMs, id) end
    at = at + 4
    for _ = 1, deliveries do
      if isNew then
        redis.call('HSET', prefix .. id, ARGV[at], ARGV[at + 1])
        if ARGV[at + 2] == '1' then redis.call('ZADD', outstanding, atMs, id .. ' ' .. ARGV[at]) end
      end
      at = at + 3
    end
  end
  local extra = redis.call('ZCARD', history) - max
  if extra > 0 then
    for _, id in ipairs(redis.call('ZRANGE', history, 0, extra - 1)) do redis.call('PEXPIRE', prefix .. id, keptMs) end
    redis.call('ZREMRANGEBYRANK', history, 0, extra - 1)
  end
end
`;

/** Its first write is one that a full Redis takes, and then it takes the others too. */
const record = defineScript<number>(
  "recordAlerts",
  `${fencing}${addNotices}
   if not owns(KEYS[1], KEYS[2], ARGV[1]) then return 0 end
   redis.call('HDEL', KEYS[3], '')
   local at = 3
   for _ = 1, tonumber(ARGV[2]) do
     if ARGV[at + 1] == '' then redis.call('HDEL', KEYS[3], ARGV[at])
     else redis.call('HSET', KEYS[3], ARGV[at], ARGV[at + 1]) end
     at = at + 2
   end
   addNotices(at)
   return 1`,
);

const settle = defineScript<number>(
  "settleNotice",
  `${fencing}
   if not owns(KEYS[1], KEYS[2], ARGV[1]) then return 0 end
   if ARGV[5] == '0' then redis.call('ZREM', KEYS[3], ARGV[2]) end
   if redis.call('EXISTS', KEYS[4]) == 1 then
     redis.call('HDEL', KEYS[4], '')
     redis.call('HSET', KEYS[4], ARGV[3], ARGV[4])
   end
   return 1`,
);

/** What an intake told while Redis was away. The first intake counts; the next outage has another name then. */
const adopt = defineScript<number>(
  "adoptNotices",
  `${addNotices}
   redis.call('ZREMRANGEBYRANK', KEYS[5], 1, 0)
   addNotices(4)
   if redis.call('GET', KEYS[2]) == ARGV[1] then
     redis.call('SET', KEYS[2], ARGV[2])
     redis.call('SET', KEYS[1], ARGV[3], 'NX')
     redis.call('INCR', KEYS[1])
   end
   return 1`,
);

/** How an alert's delivery to a channel stands, with what it is a delivery of. */
export type NoticeDelivery = { channelId: string; delivery: Delivery };
export type NewNotice = { notice: Notice; deliveries: NoticeDelivery[] };

/** What the new deliveries of a notice are: one to each channel. */
export function toEach(notice: Notice, channelIds: readonly string[]): NewNotice {
  const delivery: Delivery = { state: "outstanding", tries: 0 };
  return { notice, deliveries: channelIds.map((channelId) => ({ channelId, delivery })) };
}

const owner = [leaseKey(alertLease), fenceKey(alertLease)];

/**
 * Writes what changed between two rounds together with what is to be told of it, or nothing: whoever is killed before has
 * told nobody, and whoever takes over after it tells it.
 * @throws FencedError when another process watches
 */
export async function recordRound(
  redis: RedisClient,
  token: string,
  { former, latter, notices }: { former: AlertStates; latter: AlertStates; notices: readonly NewNotice[] },
): Promise<void> {
  const changes = [...new Set([...former.keys(), ...latter.keys()])].flatMap((key): [string, string][] => {
    const [before, after] = [former.get(key), latter.get(key)];
    return before === after ? [] : [[key, after === undefined ? "" : JSON.stringify(after)]];
  });
  if (changes.length + notices.length === 0) return;
  const args = [token, changes.length, ...changes.flat(), ...noticeArguments(notices)];
  const written = await record(redis, [...owner, states, history, outstanding], args);
  if (written === 0) throw new FencedError(alertLease);
}

function noticeArguments(notices: readonly NewNotice[]): (string | number)[] {
  return [
    noticePrefix,
    maxHistory,
    keptMs,
    notices.length,
    ...notices.flatMap(({ notice, deliveries }) => [
      notice.id,
      JSON.stringify(notice),
      notice.atMs,
      deliveries.length,
      ...deliveries.flatMap(({ channelId, delivery }) => [
        channelId,
        JSON.stringify(delivery),
        delivery.state === "outstanding" ? 1 : 0,
      ]),
    ]),
  ];
}

/** @throws FencedError when another process watches */
export async function settleDelivery(
  redis: RedisClient,
  token: string,
  { noticeId, channelId, delivery }: { noticeId: string } & NoticeDelivery,
): Promise<void> {
  const isOutstanding = delivery.state === "outstanding" ? 1 : 0;
  const args = [token, `${noticeId} ${channelId}`, channelId, JSON.stringify(delivery), isOutstanding];
  const written = await settle(redis, [...owner, outstanding, noticePrefix + noticeId], args);
  if (written === 0) throw new FencedError(alertLease);
}

/** Puts what was told without Redis among the others, and gives the next outage another name. */
export async function adoptNotices(
  redis: RedisClient,
  { notices, ended, next }: { notices: readonly NewNotice[]; ended: string; next: string },
): Promise<void> {
  const keys = [version, episode, states, history, outstanding];
  await adopt(redis, keys, [ended, next, Date.now(), ...noticeArguments(notices)]);
}

export async function readStates(redis: RedisClient): Promise<Map<string, AlertState>> {
  const all = await redis.hgetall(states);
  return new Map(Object.entries(all).map(([key, text]) => [key, JSON.parse(text) as AlertState]));
}
