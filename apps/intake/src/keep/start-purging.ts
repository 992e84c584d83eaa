import { randomBytes } from "node:crypto";
import { confirmPurge, type ErasedPeople, forgetIntake } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import { startRepeating } from "@customerio-router/service";
import type { Spool } from "./spool/spool.ts";

const lookMs = 200;
/** Less than the time after which an intake that says nothing counts as down. */
const reportMs = 10_000;

/**
 * Keeps erased people out of the spool: purges it whenever the list has changed or another intake's file was adopted, and
 * tells Redis up to which version of the list nobody is in it.
 */
export function startPurging(options: {
  redis: RedisClient;
  spool: Spool | undefined;
  people: ErasedPeople;
  /** Resolves once what was under way is kept or refused. */
  settled: () => Promise<void>;
}): AsyncDisposable {
  const { redis, spool, people, settled } = options;
  const name = spool?.name ?? `intake-${randomBytes(6).toString("hex")}`;
  let purged = { version: -1, adopted: 0 };
  let reportedAtMs = Number.NEGATIVE_INFINITY;
  let problemBefore: string | undefined;

  async function purge(): Promise<void> {
    const { version } = people;
    const adopted = spool?.adopted ?? 0;
    await settled();
    await spool?.purge(people.pass);
    purged = { version, adopted };
  }

  async function report(): Promise<void> {
    const { problem } = people;
    const leftovers = spool?.problems.length ?? 0;
    await confirmPurge(redis, {
      intake: name,
      version: problem === undefined ? purged.version : -1,
      atMs: Date.now(),
      hasSpool: spool !== undefined,
      ...(problem !== undefined && {
        problem: "cannot recognize them: it has no SECRET_KEY, or another one",
      }),
      ...(leftovers > 0 && { leftovers }),
    });
    for (const other of spool?.takeEmptied() ?? []) if (other !== name) await forgetIntake(redis, other);
    reportedAtMs = performance.now();
  }

  async function look(): Promise<void> {
    if (people.version < 0) return;
    const isPurged = people.version === purged.version && (spool?.adopted ?? 0) === purged.adopted;
    if (!isPurged && people.problem === undefined) await purge();
    const isNews = !isPurged || people.problem !== problemBefore;
    problemBefore = people.problem;
    if (isNews || performance.now() - reportedAtMs > reportMs) await report();
  }
  let looking = Promise.resolve();
  const repeating = startRepeating(lookMs, () => {
    // While Redis is away its client's owner says so; the disk's errors are the spool's.
    looking = look().catch(() => {});
    return looking;
  });

  return {
    async [Symbol.asyncDispose]() {
      repeating[Symbol.dispose]();
      await looking;
      // What is left in the spool, the next start purges before it reads it.
      if ((spool?.stock.bytes ?? 0) === 0) await forgetIntake(redis, name).catch(() => {});
    },
  };
}
