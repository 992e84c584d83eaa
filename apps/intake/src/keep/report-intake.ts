import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { formatVersion, type RedisClient } from "@customerio-router/redis";
import { leaveIntakes, reportIntake, type SpoolReport } from "@customerio-router/reports";
import { startRepeating } from "@customerio-router/service";
import intake from "../../package.json" with { type: "json" };
import type { Spool } from "./spool/spool.ts";

const reportMs = 1_000;

/** Says in Redis that this intake is alive, and what is in its spool. Disposing says that it is gone. */
export function startIntakeReports(options: {
  redis: RedisClient;
  spool: Spool | undefined;
}): AsyncDisposable {
  const { redis, spool } = options;
  const id = randomUUID();
  const about = { version: intake.version, format: formatVersion, host: hostname(), pid: process.pid };

  async function report(): Promise<void> {
    await reportIntake(redis, id, { ...about, ...(spool && { spool: describe(spool) }) });
  }
  // The client's owner logs that Redis is away; the next report repeats this one.
  const repeating = startRepeating(reportMs, () => report().catch(() => {}));
  return {
    async [Symbol.asyncDispose]() {
      repeating[Symbol.dispose]();
      // Without it the report expires.
      await leaveIntakes(redis, id).catch(() => {});
    },
  };
}

function describe({ stock, maxBytes, diskFailure }: Spool): SpoolReport {
  const { messages, bytes, oldestAtMs } = stock.total();
  return {
    messages,
    bytes,
    maxBytes,
    ...(oldestAtMs !== undefined && { oldestAtMs }),
    ...(diskFailure !== undefined && { failure: diskFailure }),
  };
}
