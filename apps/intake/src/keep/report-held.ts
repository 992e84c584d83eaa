import { randomUUID } from "node:crypto";
import { reportHeld, type WriteKeyLookup } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import { startRepeating } from "@customerio-router/service";
import { type Held, listHeld } from "./held.ts";
import type { Spool } from "./spool/spool.ts";

const reportMs = 1_000;

/** Reports through Redis which messages this intake holds for lost connections, while there are any. */
export function startHeldReports(options: {
  redis: RedisClient;
  spool: Spool | undefined;
  /** With a spool, its drain does this between two jobs. */
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
  // The client's owner logs that Redis is away; the next report repeats this one.
  return startRepeating(reportMs, () => report().catch(() => {}));
}
