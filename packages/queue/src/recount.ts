import {
  countsPrefix,
  defineScript,
  ledgerKeys,
  queueKeys,
  type RedisClient,
} from "@customerio-router/redis";
import {
  type Content,
  changesOfContent,
  raising,
  readContent,
  readExpectedContent,
} from "@customerio-router/reports";

/** Jobs that one script counts: more would hold up Redis for too long. Measured with Redis 7.0: 100,000 take 0.3 s. */
const jobsInOneStep = 20_000;

/** Jobs whose content is read in one go. */
const jobsAtOnce = 1_000;

/** Attempts to count while nothing changes. */
const maxAttempts = 5;

/** Enters that nothing is missing, if that is so: counted in one step, whatever comes and goes. Gives 1 then. */
const enterIfComplete = defineScript<number>(
  "enterIfComplete",
  `local totals, wait, active, prioritized, delayed, failed = unpack(KEYS)
   local prefix, nowMs = unpack(ARGV)
   local lists = { redis.call('LRANGE', wait, 0, -1), redis.call('LRANGE', active, 0, -1) }
   for _, set in ipairs({ prioritized, delayed, failed }) do lists[#lists + 1] = redis.call('ZRANGE', set, 0, -1) end
   local jobs, times = 0, {}
   for _, ids in ipairs(lists) do
     jobs = jobs + #ids
     if jobs > ${jobsInOneStep} then return 0 end
     for _, id in ipairs(ids) do
       local content = redis.call('HGET', prefix .. id, 'ledger')
       if content then times[content] = (times[content] or 0) + 1 end
     end
   end
   local missing, rejected, ofSources = 0, 0, 0
   local counted = redis.call('HGETALL', totals)
   for at = 1, #counted, 2 do
     local name = string.match(counted[at], '^(%a+)~')
     if name == 'received' then ofSources = ofSources + counted[at + 1]
     elseif name and name ~= 'rejected' then ofSources = ofSources - counted[at + 1] end
   end
   for _, name in ipairs({ 'delivered', 'skipped', 'removed', 'unaccounted' }) do missing = missing - (redis.call('HGET', totals, name) or 0) end
   missing = missing + (redis.call('HGET', totals, 'received') or 0)
   rejected = rejected + (redis.call('HGET', totals, 'rejected') or 0)
   for content, count in pairs(times) do
     for _, row in ipairs(cjson.decode(content)) do
       missing = missing - row[2] * count
       if row[3] then rejected = rejected - row[2] * count end
       if row[6] then ofSources = ofSources - row[6] * count end
     end
   end
   if missing ~= 0 or rejected ~= 0 or ofSources ~= 0 then return 0 end
   redis.call('HSET', totals, 'checkedAtMs', nowMs)
   return 1`,
);

type Snapshot = [totals: string[], ids: string[]];

/** The ledger's totals, and the ids of all jobs whose messages it counts as waiting or rejected, of one moment. */
const takeSnapshot = defineScript<Snapshot>(
  "snapshotLedger",
  `local totals, wait, active, prioritized, delayed, failed = unpack(KEYS)
   local ids = redis.call('LRANGE', wait, 0, -1)
   local function append(more) for _, id in ipairs(more) do ids[#ids + 1] = id end end
   append(redis.call('LRANGE', active, 0, -1))
   for _, set in ipairs({ prioritized, delayed, failed }) do append(redis.call('ZRANGE', set, 0, -1)) end
   return { redis.call('HGETALL', totals), ids }`,
);

/** Enters what was found, unless the totals have changed since the snapshot. */
const enterRecount = defineScript<number>(
  "enterRecount",
  `${raising}
   local totals, counts = unpack(KEYS)
   if table.concat(redis.call('HGETALL', totals), '\\n') ~= ARGV[1] then return 0 end
   raiseAll(totals, counts, ARGV, 3)
   redis.call('HSET', totals, 'checkedAtMs', ARGV[2])
   return 1`,
);

/**
 * Counts the messages that wait and those that were rejected one by one, and enters in the ledger what is missing as
 * `unaccounted`: another tool has deleted keys.
 * @returns false when something is missing, or there is too much to count in one step, and messages came and went all the
 * time, so that nothing was entered: try again when less goes on.
 */
export async function recount(redis: RedisClient, connectionId: string): Promise<boolean> {
  const { jobPrefix, wait, active, prioritized, delayed, failed } = queueKeys(connectionId);
  const { totals } = ledgerKeys(connectionId);
  const sets = [wait, active, prioritized, delayed, failed.set];
  if ((await enterIfComplete(redis, [totals, ...sets], [jobPrefix, Date.now()])) === 1) return true;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const [before, ids] = await takeSnapshot(redis, [totals, ...sets], []);
    const expected = await readExpectedContent(redis, connectionId);
    const found = await readContents(redis, connectionId, ids);
    const days = new Set(expected.map(([day]) => day));
    const changes = changesOfContent(
      expected,
      found.filter(([day]) => days.has(day)),
      "unaccounted",
    );
    const keys = [totals, countsPrefix(connectionId)];
    if ((await enterRecount(redis, keys, [before.join("\n"), Date.now(), ...changes])) === 1) return true;
  }
  return false;
}

async function readContents(redis: RedisClient, connectionId: string, ids: string[]): Promise<Content> {
  const { job } = queueKeys(connectionId);
  const contents: Content = [];
  for (let from = 0; from < ids.length; from += jobsAtOnce) {
    const part = ids.slice(from, from + jobsAtOnce);
    const texts = await Promise.all(part.map((id) => redis.hget(job(id), "ledger")));
    contents.push(...texts.flatMap(readContent));
  }
  return contents;
}
