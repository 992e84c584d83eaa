import { startRedisAlerts, startWatching } from "@customerio-router/alerts";
import { type ConnectionStore, findHeldSituation, type WriteKeyLookup } from "@customerio-router/connections";
import type { RedisClient, RedisHealth } from "@customerio-router/redis";
import { createSparseLog, type Logger } from "@customerio-router/service";
import { listHeld } from "./keep/held.ts";
import type { RedisWatch } from "./keep/redis-watch.ts";
import type { Spool } from "./keep/spool/spool.ts";

const note = "alerts";

/** Tells of Redis itself, and while no worker is alive of everything else: nobody else could. */
export async function startAlerts(options: {
  redis: RedisClient;
  health: RedisHealth;
  watch: Pick<RedisWatch, "condition" | "problem">;
  store: ConnectionStore;
  spool: Spool | undefined;
  lookup: WriteKeyLookup;
  secretKey: string | undefined;
  logger: Logger;
}): Promise<AsyncDisposable> {
  const { redis, health, watch, store, spool, lookup, secretKey } = options;
  await using opening = new AsyncDisposableStack();
  const log = createSparseLog(options.logger);
  const onError = (error: unknown) => {
    // The watch says why Redis cannot serve.
    if (watch.condition !== "away")
      log.warn("alerts", { err: error }, "could not watch for alerts or tell them");
  };
  opening.use(
    await startRedisAlerts({
      redis,
      findProblem: async () =>
        watch.condition === "away" ? ((await health.findProblem()) ?? watch.problem) : undefined,
      findLoss: () => findHeldSituation(listHeld(spool, lookup)),
      secretKey,
      memory: spool && {
        read: () => spool.readNote(note),
        write: (text) => spool.keepNote(note, text),
      },
      onError,
    }),
  );
  opening.use(startWatching({ redis, store, secretKey, archiveCutMs: undefined, isStandIn: true, onError }));
  const opened = opening.move();
  return { [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
