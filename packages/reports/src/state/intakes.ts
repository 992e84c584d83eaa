import { defineScript, intakesKey, type RedisClient } from "@customerio-router/redis";

/** An intake without a sign of life for this long does not count. */
const intakeSilenceMs = 5_000;
/** One that died is forgotten after this long. */
const forgottenAfterMs = 60_000;

/** What an intake says of itself. */
export type IntakeReport = {
  version: string;
  /** The newest format of stored data that it reads; left out by a version of the first one. */
  format?: number;
  host: string;
  pid: number;
  /** `undefined` where it is off. */
  spool?: SpoolReport;
};

export type SpoolReport = {
  messages: number;
  bytes: number;
  maxBytes: number;
  /** Unix milliseconds; left out while nothing is in it. */
  oldestAtMs?: number;
  /** Why it cannot be written, such as "the disk is full". */
  failure?: string;
};

/** An intake process that is alive. */
export type IntakeAlive = IntakeReport & { id: string };

/** By Redis's clock, as that of the workers. Its first write is one that a full Redis takes, and then it takes the others too. */
const report = defineScript<number>(
  "reportIntake",
  `local time = redis.call('TIME')
   local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
   redis.call('HDEL', KEYS[1], ARGV[1])
   local all = redis.call('HGETALL', KEYS[1])
   for index = 1, #all, 2 do
     if nowMs - tonumber(all[index + 1]:match('^%d+')) > tonumber(ARGV[3]) then redis.call('HDEL', KEYS[1], all[index]) end
   end
   redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', nowMs) .. ' ' .. ARGV[2])
   redis.call('PEXPIRE', KEYS[1], ARGV[3])
   return nowMs`,
);

/** Says that this intake is alive, and what is in its spool. */
export async function reportIntake(redis: RedisClient, id: string, about: IntakeReport): Promise<void> {
  await report(redis, [intakesKey], [id, JSON.stringify(about), forgottenAfterMs]);
}

/** Says that this intake is gone. */
export async function leaveIntakes(redis: RedisClient, id: string): Promise<void> {
  await redis.hdel(intakesKey, id);
}

/** The intake processes that are alive; those of versions that did not report are missing. */
export async function readIntakes(redis: RedisClient): Promise<IntakeAlive[]> {
  const [[seconds], all] = await Promise.all([redis.time(), redis.hgetall(intakesKey)]);
  return Object.entries(all).flatMap(([id, text]) => {
    const space = text.indexOf(" ");
    const isAlive = Number(seconds) * 1000 - Number(text.slice(0, space)) < intakeSilenceMs;
    return isAlive ? [{ id, ...(JSON.parse(text.slice(space + 1)) as IntakeReport) }] : [];
  });
}
