import { hash } from "node:crypto";

/**
 * After this long the recent ids become the former ones: an id is remembered for one to two of these. SDKs resend for
 * hours.
 */
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

/**
 * The messageIds that a connection was sent lately, as Redis keeps them for all processes: two sets, of which the former
 * one is forgotten when the recent one is full or old. Measured with Redis 7.0: 60 bytes an id.
 */
export const remembering = `
local function inParts(digests, work)
  for from = 1, #digests, ${idsAtOnce} do
    work(from, { unpack(digests, from, math.min(from + ${idsAtOnce - 1}, #digests)) })
  end
end

local function findKnown(digests, recent, former)
  local places = {}
  inParts(digests, function (from, part)
    for _, set in ipairs({ recent, former }) do
      for index, isKnown in ipairs(redis.call('SMISMEMBER', set, unpack(part))) do
        if isKnown == 1 then places[#places + 1] = from + index - 1 end
      end
    end
  end)
  return places
end

local function remember(digests, recent, former, most)
  local leftMs = redis.call('PTTL', recent)
  if leftMs >= 0 and (leftMs <= ${turnMs} or redis.call('SCARD', recent) >= most) then
    redis.call('UNLINK', former)
    redis.call('RENAME', recent, former)
    leftMs = -2
  end
  inParts(digests, function (_, part) redis.call('SADD', recent, unpack(part)) end)
  if leftMs < 0 then redis.call('PEXPIRE', recent, ${2 * turnMs}) end
end
`;
