import { hash } from "node:crypto";
import { promisify } from "node:util";
import { zstdCompress } from "node:zlib";
import { defineScript, ledgerKeys, type RedisClient } from "@customerio-router/redis";
import { dayOf } from "./day.ts";
import { addUp, unpackDay } from "./ledger-day.ts";
import { keptDays } from "./raising.ts";
import { readScope } from "./scope.ts";

const compress = promisify(zstdCompress);

/** Stores a packed day and drops its hash, unless one of them changed meanwhile. */
const storeDay = defineScript<number>(
  "packLedgerDay",
  `local days, live = unpack(KEYS)
   local day, packed, liveHash, formerHash = unpack(ARGV)
   if redis.sha1hex(table.concat(redis.call('HGETALL', live), '\\n')) ~= liveHash then return 0 end
   if redis.sha1hex(redis.call('HGET', days, day) or '') ~= formerHash then return 0 end
   redis.call('HSET', days, day, packed)
   redis.call('DEL', live)
   return 1`,
);

/**
 * Packs the days before yesterday, each into one compressed value, and forgets those older than 90 days. A day whose
 * numbers change while it is packed is packed the next time.
 */
export async function packDays(redis: RedisClient, connectionId: string): Promise<void> {
  const { days, dayPrefix } = ledgerKeys(connectionId);
  const today = dayOf(Date.now());
  const known = await redis.hkeys(days);
  const dayIn = (scope: string) => Number(readScope(scope).day);
  const expired = known.filter((scope) => dayIn(scope) <= today - keptDays);
  if (expired.length > 0) await redis.hdel(days, ...expired);
  for (const scope of known.filter((each) => dayIn(each) > today - keptDays && dayIn(each) < today - 1)) {
    const live = await redis.hgetall(`${dayPrefix}${scope}`);
    const fields = Object.entries(live).flat();
    if (fields.length === 0) continue;
    const former = await redis.hgetBuffer(days, scope);
    const numbers = addUp([unpackDay(former), live]);
    const packed = await compress(JSON.stringify(Object.fromEntries(numbers)));
    const hashes = [hash("sha1", fields.join("\n")), hash("sha1", former ?? "")];
    await storeDay(redis, [days, `${dayPrefix}${scope}`], [scope, packed, ...hashes]);
  }
}
