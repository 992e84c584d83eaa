import { randomUUID } from "node:crypto";
import { reportHeld, type WriteKeyLookup } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import { startRepeating } from "@customerio-router/service";
import { type Held, listHeld } from "./held.ts";
import type { Spool } from "./spool/spool.ts";

const reportMs = 1_000;

/** Tells every process what this intake keeps of connections that Redis lost, for as long as there are any. */
export function startHeldReports(options: {
  redis: RedisClient;
  spool: Spool | undefined;
  /** Where there is a spool its drain asks it, between two jobs. */
  held: Held;
  lookup: WriteKeyLookup;
}): Disposable {
  const { redis, spool, held: resolver, lookup } = options;
  const intake = randomUUID();
  let hasReported = false;

  async function report(): Promise<void> {
    if (!spool) await resolver.resolve();
    const held = listHeld(spool, lookup);
    if (held.length === 0 && !hasReported) return;
    await reportHeld(redis, { intake, held });
    hasReported = held.length > 0;
  }
  // Whoever owns the client logs that Redis is away; the next report says the same.
  return startRepeating(reportMs, () => report().catch(() => {}));
}
