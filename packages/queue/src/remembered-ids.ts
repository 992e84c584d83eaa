import { hash } from "node:crypto";
import { rememberedIdsKeys } from "./names.ts";
import type { RedisClient } from "./redis.ts";
import { defineScript } from "./script.ts";

/** After so long the recent ids become the former ones: an id is remembered for one to two of these; SDKs resend for hours. */
const turnMs = 24 * 60 * 60 * 1000;

/** Lua passes at most some 8,000 values on at once. */
const idsAtOnce = 5_000;

/**
 * A short stand-in for a messageId: 72 bits, which take no more of Redis's memory than 64 would. In a million ids a new one
 * is taken for one of them once in 10^15 times.
 */
export function digestMessageId(messageId: string): string {
  return hash("sha256", messageId, "base64url").slice(0, 12);
}

/** Where commands are gathered that are sent together. */
export type Pipeline = { runCommand(name: string, args: unknown[]): unknown };

/**
 * The messageIds that connections were sent lately, as Redis keeps them for all processes: two sets for each, of which
 * the former one is forgotten when the recent one is full or old. Measured with Redis 7.0: 60 bytes an id.
 */
export type RememberedIds = {
  /** Those of the digests that are remembered, or noted to be. */
  known(connectionId: string, digests: string[]): Promise<Set<string>>;
  /** To be called once their messages are durable, never before: a copy of one that was not kept must be taken. */
  note(connectionId: string, digests: string[]): void;
  /** Sends what was noted along with other commands: Redis has one write to sync to its disk then instead of two. */
  sendAlong(pipeline: Pipeline, connectionId: string): void;
  /** Sends what was noted, if it has not gone along with something. */
  send(connectionId: string): Promise<void>;
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

/** `most` bounds the ids of one connection: between half of it and all of it are remembered, none when it is 0. */
export function createRememberedIds({ redis, most }: { redis: RedisClient; most: number }): RememberedIds {
  const mostRecent = Math.ceil(most / 2);
  const addIdsCommand = addIds.define(redis);
  const noted = new Map<string, Set<string>>();

  /** What was noted of a connection, in parts, as arguments of the script. */
  function take(connectionId: string): (string | number)[][] {
    const digests = [...(noted.get(connectionId) ?? [])];
    noted.delete(connectionId);
    return inParts(digests).map((part) => [mostRecent, turnMs, ...part]);
  }

  return {
    async known(connectionId, digests) {
      if (most === 0) return new Set();
      const found = inParts(digests).map(async (part) => {
        const indexes = await findKnown(redis, rememberedIdsKeys(connectionId), part);
        return indexes.map((index) => part[index] as string);
      });
      const known = new Set((await Promise.all(found)).flat());
      return known.union(noted.get(connectionId) ?? known);
    },

    note(connectionId, digests) {
      if (most === 0 || digests.length === 0) return;
      noted.set(connectionId, new Set(digests).union(noted.get(connectionId) ?? new Set()));
    },

    sendAlong(pipeline, connectionId) {
      const keys = rememberedIdsKeys(connectionId);
      for (const args of take(connectionId)) {
        pipeline.runCommand(addIdsCommand, [keys.length, ...keys, ...args]);
      }
    },

    async send(connectionId) {
      const keys = rememberedIdsKeys(connectionId);
      const sent = take(connectionId).map((args) => addIds(redis, keys, args));
      // The messages are kept: an id that is not remembered costs a copy, which Customer.io takes for the same event.
      await Promise.allSettled(sent);
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
