import { defineScript, type OwnerKeys, ownerKeys, type RedisClient } from "@customerio-router/redis";
import { outboxing } from "@customerio-router/reports";
import { FencedError, fencing } from "./fencing.ts";
import type { Lease } from "./lease.ts";

/** A range of the outbox's elements, by their numbers, which count up for ever. */
export type OutboxCut = {
  first: number;
  last: number;
  /** Its messages changed after somebody may have begun to archive it. */
  isRedacted: boolean;
};

/** Elements weighed or removed in one step: Redis is free in between. */
const atOnce = 500;

/**
 * The cut that is being archived, or a new one, of the oldest elements that fit its bytes; nothing when there are none or it
 * is not due. It stays until its elements are removed, so that the next owner archives exactly the same.
 *
 * This Redis may be an older copy that was put back, and the archive have its next numbers already, of other messages. So the
 * first cut after a change of the owner or a start of Redis begins at the present microsecond, above all numbers before.
 */
const openCut = defineScript<[first: string, last: string, redacted?: string] | number | null>(
  "openCut",
  `${fencing}${outboxing}
   local lease, fence, outbox, meta = unpack(KEYS)
   local token, dueBytes, maxBytes, dueBefore = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
   if not owns(lease, fence, token) then return -1 end
   local first, last = currentCut(meta)
   if first then return { first, last, redis.call('HGET', meta, 'redacted') == last and 'redacted' or nil } end
   local oldest = redis.call('LINDEX', outbox, 0)
   if not oldest then return nil end
   local bytes = tonumber(redis.call('HGET', meta, 'bytes') or 0)
   if bytes < dueBytes and readElement(oldest).atMs > dueBefore then return nil end
   local length, taken = redis.call('LLEN', outbox), 0
   bytes = 0
   while taken < length and bytes < maxBytes do
     for _, text in ipairs(redis.call('LRANGE', outbox, taken, taken + ${atOnce - 1})) do
       if bytes < maxBytes then
         bytes = bytes + readElement(text).bytes
         taken = taken + 1
       end
     end
   end
   local removed = tonumber(redis.call('HGET', meta, 'removed') or 0)
   local numberedBy = token .. ' ' .. (string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or '')
   if redis.call('HGET', meta, 'numberedBy') ~= numberedBy then
     local time = redis.call('TIME')
     removed = math.max(removed, time[1] * 1000000 + time[2])
     redis.call('HSET', meta, 'numberedBy', numberedBy, 'removed', string.format('%.0f', removed))
   end
   first, last = string.format('%.0f', removed + 1), string.format('%.0f', removed + taken)
   redis.call('HSET', meta, 'cut', first .. '-' .. last)
   return { first, last }`,
);

/** Elements of the open cut, from a number on. Nothing once it is another cut, or some of it were removed. */
const readCut = defineScript<string[] | number | null>(
  "readCut",
  `${fencing}${outboxing}
   local lease, fence, outbox, meta = unpack(KEYS)
   local token, cut, from, last = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
   if not owns(lease, fence, token) then return -1 end
   currentCut(meta)
   if redis.call('HGET', meta, 'cut') ~= cut then return nil end
   local removed = tonumber(redis.call('HGET', meta, 'removed') or 0)
   return redis.call('LRANGE', outbox, from - removed - 1, last - removed - 1)`,
);

/** Removes elements of the cut, oldest first, with the completed jobs that they are of. Gives how many are left. */
const removeCut = defineScript<number>(
  "removeCut",
  `${fencing}${outboxing}
   local lease, fence, outbox, meta, completed = unpack(KEYS)
   local token, cut, last, prefix = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
   if not owns(lease, fence, token) then return -1 end
   if redis.call('HGET', meta, 'cut') ~= cut then return 0 end
   local left = last - tonumber(redis.call('HGET', meta, 'removed') or 0)
   for _ = 1, math.min(left, ${atOnce}) do
     if not removeOldest(outbox, meta, completed, prefix) then left = 0 break end
     left = left - 1
   end
   if left <= 0 then
     redis.call('HDEL', meta, 'cut')
     return 0
   end
   return left`,
);

/** Notes the last number of the open cut: numbers count up for ever, so no other cut is meant. */
const markCut = defineScript<number>(
  "markCutRedacted",
  `${fencing}${outboxing}
   local lease, fence, meta = unpack(KEYS)
   if not owns(lease, fence, ARGV[1]) then return -1 end
   local first, last = currentCut(meta)
   if first then redis.call('HSET', meta, 'redacted', last) end
   return 1`,
);

/**
 * To be called before messages in the outbox change: an earlier owner may still be writing the open cut as it was.
 * @throws FencedError
 */
export async function markCutRedacted(redis: RedisClient, { connectionId, token }: Lease): Promise<void> {
  const { lease, fence, outbox } = ownerKeys(connectionId);
  if ((await markCut(redis, [lease, fence, outbox[1]], [token])) === -1) throw new FencedError(connectionId);
}

/** A connection's outbox in the hands of its owner: what is archived, cut by cut. */
export type Outbox = {
  /**
   * The next cut to archive, of at most about `maxBytes`, once there are `dueBytes` or the oldest came before `dueBeforeMs`.
   * @throws FencedError
   */
  open(bounds: { dueBytes: number; maxBytes: number; dueBeforeMs: number }): Promise<OutboxCut | undefined>;
  /**
   * The elements of the cut, in parts, oldest first. Ends only if nothing of the cut was removed until its last part was
   * worked on: then the jobs that are listed were there.
   * @throws FencedError
   * @throws Error where some of the cut were removed meanwhile
   */
  read(cut: OutboxCut): AsyncGenerator<string[], void, undefined>;
  /** Removes what is archived. @throws FencedError */
  remove(cut: OutboxCut): Promise<void>;
};

const readAtOnce = 100;

export function openOutbox({ redis, lease }: { redis: RedisClient; lease: Lease }): Outbox {
  const keys: OwnerKeys = ownerKeys(lease.connectionId);
  const owned = [keys.lease, keys.fence, ...keys.outbox];
  const fenced = () => new FencedError(lease.connectionId);
  const removedMeanwhile = () =>
    new Error("The oldest records were removed while they were being archived; the others are archived next");
  const nameOf = ({ first, last }: Pick<OutboxCut, "first" | "last">) => `${first}-${last}`;

  return {
    async open({ dueBytes, maxBytes, dueBeforeMs }) {
      const cut = await openCut(redis, owned, [lease.token, dueBytes, maxBytes, dueBeforeMs]);
      if (cut === -1) throw fenced();
      if (!Array.isArray(cut)) return undefined;
      return { first: Number(cut[0]), last: Number(cut[1]), isRedacted: cut[2] !== undefined };
    },

    async *read(cut) {
      for (let from = cut.first; from <= cut.last; from += readAtOnce) {
        const last = Math.min(cut.last, from + readAtOnce - 1);
        const elements = await readCut(redis, owned, [lease.token, nameOf(cut), from, last]);
        if (elements === -1) throw fenced();
        if (!Array.isArray(elements) || elements.length < last - from + 1) throw removedMeanwhile();
        yield elements;
      }
      const isWhole = await readCut(redis, owned, [lease.token, nameOf(cut), cut.last, cut.last]);
      if (isWhole === -1) throw fenced();
      if (!Array.isArray(isWhole)) throw removedMeanwhile();
    },

    async remove(cut) {
      for (let left = 1; left > 0; ) {
        const args = [lease.token, nameOf(cut), cut.last, keys.jobPrefix];
        left = await removeCut(redis, [...owned, keys.completed.set], args);
        if (left < 0) throw fenced();
      }
    },
  };
}
