import { hash } from "node:crypto";
import { rememberedIdsKeys } from "./names.ts";
import type { RedisClient } from "./redis.ts";
import { defineScript } from "./script.ts";

/** After so long the recent ids become the former ones: an id is remembered for one to two of these, SDKs resend for hours. */
const turnMs = 24 * 60 * 60 * 1000;

/** Lua passes at most some 8,000 values on at once. */
const idsAtOnce = 5_000;

/** A short stand-in for a messageId: 84 bits, which take no more of Redis's memory than 64 would. */
export function digestMessageId(messageId: string): string {
  return hash("sha256", messageId, "base64url").slice(0, 14);
}

/**
 * The messageIds a connection was sent lately, as Redis keeps them for all processes: two sets, of which the former one
 * is forgotten when the recent one is full or old. Measured on Redis 7.0: 60 bytes an id.
 */
export type RememberedIds = {
  /** Those of the digests that are remembered. */
  known(connectionId: string, digests: string[]): Promise<Set<string>>;
  /** To be called when their messages are durable, never before: a copy of one that was not kept must be taken. */
  remember(connectionId: string, digests: string[]): Promise<void>;
};

const findKnown = defineScript<number[]>(
  "findKnownIds",
  `local known = {}
   for _, key in ipairs(KEYS) do
     for index, isKnown in ipairs(redis.call('SMISMEMBER', key, unpack(ARGV))) do
       if isKnown == 1 then known[#known + 1] = index - 1 end
     end
   end
   return known`,
);

const addIds = defineScript<number>(
  "rememberIds",
  `local recent, former = unpack(KEYS)
   local most, turnMs = tonumber(ARGV[1]), tonumber(ARGV[2])
   local leftMs = redis.call('PTTL', recent)
   if leftMs >= 0 and (leftMs <= turnMs or redis.call('SCARD', recent) >= most) then
     redis.call('UNLINK', former)
     redis.call('RENAME', recent, former)
     leftMs = -2
   end
   redis.call('SADD', recent, unpack(ARGV, 3))
   if leftMs < 0 then redis.call('PEXPIRE', recent, 2 * turnMs) end
   return 0`,
);

/** `most` bounds the ids of one connection; between half of it and all of it are remembered. */
export function createRememberedIds({ redis, most }: { redis: RedisClient; most: number }): RememberedIds {
  const mostRecent = Math.ceil(most / 2);
  return {
    async known(connectionId, digests) {
      const found = inParts(digests).map(async (part) => {
        const indexes = await findKnown(redis, rememberedIdsKeys(connectionId), part);
        return indexes.map((index) => part[index] as string);
      });
      return new Set((await Promise.all(found)).flat());
    },

    async remember(connectionId, digests) {
      const args = [mostRecent, turnMs];
      const parts = inParts(digests);
      await Promise.all(
        parts.map((part) => addIds(redis, rememberedIdsKeys(connectionId), [...args, ...part])),
      );
    },
  };
}

function inParts(digests: string[]): string[][] {
  const parts: string[][] = [];
  for (let from = 0; from < digests.length; from += idsAtOnce) {
    parts.push(digests.slice(from, from + idsAtOnce));
  }
  return parts;
}
