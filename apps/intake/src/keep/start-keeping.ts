import type { ErasedPeople, WriteKeyLookup } from "@customerio-router/connections";
import {
  createEnqueuer,
  createJobAdder,
  type Enqueuer,
  type JobAdderOptions,
} from "@customerio-router/queue";
import { createReplication, type RedisClient, type RedisHealth } from "@customerio-router/redis";
import { createSparseLog, type Logger } from "@customerio-router/service";
import type { RefusedCallLog } from "../refused/refused-calls.ts";
import { startDrain } from "./drain.ts";
import { createHeld } from "./held.ts";
import { createKeep } from "./keep.ts";
import { passErased } from "./pass-erased.ts";
import { type RedisWatch, watchRedis } from "./redis-watch.ts";
import { startHeldReports } from "./report-held.ts";
import { startIntakeReports } from "./report-intake.ts";
import type { Spool } from "./spool/spool.ts";
import { startPurging } from "./start-purging.ts";

/** How messages are made durable: in Redis, or in the spool and later in Redis. */
type Keeping = AsyncDisposable & { enqueuer: Enqueuer; watch: RedisWatch };

/** Disposing finishes writes under way, then drains the spool to Redis for at most 10 s. */
export function startKeeping(options: {
  /** A client with the producer's profile. */
  redis: RedisClient;
  health: RedisHealth;
  /** Without it, messages that Redis does not take are refused. */
  spool: Spool | undefined;
  lookup: WriteKeyLookup;
  mayReturn: Parameters<typeof createHeld>[0]["mayReturn"];
  people: ErasedPeople;
  isOver: (connectionId: string) => boolean;
  rememberedIds: number;
  /** Replicas that have to confirm what callers are told is kept; 0: none. */
  waitReplicas: number;
  onCopies: NonNullable<JobAdderOptions["onCopies"]>;
  /** Their examples may name who is erased. */
  refusedCalls: Pick<RefusedCallLog, "settled">;
  logger: Logger;
}): Keeping {
  const { redis, health, spool, lookup, mayReturn, people, isOver, rememberedIds, waitReplicas } = options;
  const { onCopies, refusedCalls, logger } = options;
  const opened = new AsyncDisposableStack();
  const watch = opened.use(watchRedis({ redis, health, logger }));
  const replication =
    waitReplicas > 0 ? opened.use(createReplication({ redis, replicas: waitReplicas })) : undefined;
  const adder = createJobAdder({ redis, rememberedIds, onCopies, confirm: lookup.confirm, replication });
  const log = createSparseLog(logger);
  const onTooFewReplicas = () =>
    log.warn(
      "replicas",
      { waitReplicas },
      "fewer than REDIS_WAIT_REPLICAS replicas of Redis confirm messages: callers are asked to send them again",
    );
  const keep = createKeep({ adder, watch, spool, lookup, isOver, onTooFewReplicas });
  const enqueuer = passErased(people, createEnqueuer({ keep }));
  const settled = async () => void (await Promise.all([enqueuer.settled(), refusedCalls.settled()]));
  opened.use(startPurging({ redis, spool, people, settled }));
  const held = createHeld({ redis, spool, lookup, mayReturn, logger });
  opened.use(startHeldReports({ redis, spool, held, lookup }));
  opened.use(startIntakeReports({ redis, spool }));
  if (spool) {
    opened.use(startDrain({ spool, adder, watch, held, lookup, isOver, people, logger }));
  }
  opened.defer(() => enqueuer.close());
  return { enqueuer, watch, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
