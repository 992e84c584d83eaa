import { erasureKeys, type RedisClient } from "@customerio-router/redis";

/** What an intake says about the list of erased people. */
export type IntakeConfirmation = {
  /** Its spool's name, or for an intake without one a name of its own. */
  intake: string;
  /** Its spool holds nobody who was on the list in this version; -1 before it has looked. */
  version: number;
  /** Unix milliseconds. */
  atMs: number;
  hasSpool: boolean;
  /** Files of its spool that were set aside as damaged, which it cannot purge. */
  leftovers?: number;
  /** Why it cannot confirm. */
  problem?: string;
};

/** An intake that says nothing for this long is down. Without a spool it left nothing behind. */
const aliveMs = 30_000;

export async function confirmPurge(redis: RedisClient, confirmation: IntakeConfirmation): Promise<void> {
  await redis.hset(erasureKeys.intakes, confirmation.intake, JSON.stringify(confirmation));
}

/** It left nothing behind, or another one has taken over its spool. */
export async function forgetIntake(redis: RedisClient, intake: string): Promise<void> {
  await redis.hdel(erasureKeys.intakes, intake);
}

export type Confirmations = {
  /** What no intake can purge, as sentences. */
  unreachable: string[];
  /** Their names, in the order of the alphabet. */
  confirmed: string[];
  outstanding: { intake: string; isAlive: boolean; canPurge: boolean; why: string }[];
};

/** Who has purged its spool of the people of a version of the list. */
export async function readConfirmations(redis: RedisClient, version: number): Promise<Confirmations> {
  const found = Object.values(await redis.hgetall(erasureKeys.intakes)).map(
    (text) => JSON.parse(text) as IntakeConfirmation,
  );
  const result: Confirmations = { unreachable: [], confirmed: [], outstanding: [] };
  for (const { intake, version: purged, atMs, hasSpool, problem, leftovers = 0 } of found) {
    if (leftovers > 0) result.unreachable.push(`${leftovers} damaged files in the spool folder of ${intake}`);
    const isAlive = Date.now() - atMs < aliveMs;
    if (purged >= version) result.confirmed.push(intake);
    else if (isAlive || hasSpool) {
      const why =
        problem ?? (isAlive ? "has not confirmed yet" : "is down, and purges its spool when it starts");
      result.outstanding.push({ intake, isAlive, canPurge: problem === undefined, why });
    }
  }
  result.confirmed.sort();
  return result;
}
