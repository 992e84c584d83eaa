import { setTimeout as sleep } from "node:timers/promises";
import { createBackend, FencedError, type Lease, type Leases, startLeases } from "@customerio-router/queue";
import { alertLease, type RedisClient } from "@customerio-router/redis";
import { readWorkers } from "@customerio-router/reports";
import { startRepeating } from "@customerio-router/service";
import { createChannelCipher } from "../channels/channel-cipher.ts";
import type { AlertSource } from "../conditions/find-alerts.ts";
import { createDeliverer, type Outstanding } from "../deliver/deliver-outstanding.ts";
import { listOutstanding, readNotice } from "../notices/read-notices.ts";
import { settleDelivery } from "../notices/store-notices.ts";
import { createAlertReader } from "../store/stored-alerts.ts";
import { createRounds } from "./watch-round.ts";

const watchMs = 2_000;
/** A stop does not wait longer for receivers. */
const leaveMs = 1_000;

/**
 * Watches for whatever an alert tells, if a channel exists: one process at a time, by a lease. Without a channel it reads one
 * number every 2 s. Disposing gives the lease to another process.
 */
export function startWatching(
  options: AlertSource & {
    redis: RedisClient;
    secretKey: string | undefined;
    /** Watches only while no worker is alive: nobody else could tell of that. */
    isStandIn?: boolean;
    onError: (error: unknown) => void;
  },
): AsyncDisposable {
  const { redis, secretKey, isStandIn = false, onError } = options;
  const read = createAlertReader(redis);
  const deliverer = createDeliverer({ cipher: createChannelCipher(secretKey), onError });
  const rounds = createRounds({ ...options, backend: createBackend(redis) });
  let leases: Leases | undefined;
  let lease: Lease | undefined;
  /** Rounds and deliveries that have not ended. */
  const running = new Set<Promise<void>>();
  let isClosed = false;

  function run(work: Promise<void>): Promise<void> {
    const ended = work.catch((error) => {
      // After a FencedError another process watches.
      if (!(error instanceof FencedError)) onError(error);
    });
    running.add(ended);
    return ended.finally(() => running.delete(ended));
  }

  async function leave(): Promise<void> {
    const left = lease;
    lease = undefined;
    await left?.release();
  }

  async function watch(): Promise<void> {
    const stored = await read();
    const hasChannels = stored.channels.length > 0;
    if (!hasChannels || (isStandIn && (await readWorkers(redis)).length > 0)) return await leave();
    if (isClosed) return;
    if (!lease?.isHeld()) {
      leases ??= startLeases({ redis, onLost: () => {} });
      lease = await leases.acquire(alertLease);
    }
    if (!lease) return;
    const { token } = lease;
    await rounds.run(stored, token);
    // A receiver that hangs shall not hold up the next round.
    void run(deliverer.deliver(outstandingIn(redis, token), stored));
  }

  const repeating = startRepeating(watchMs, () => run(watch()));
  return {
    async [Symbol.asyncDispose]() {
      isClosed = true;
      repeating[Symbol.dispose]();
      // What is not settled by then, the next process delivers under the same id.
      await Promise.race([Promise.all(running), sleep(leaveMs, undefined, { ref: false })]);
      await leases?.close();
    },
  };
}

function outstandingIn(redis: RedisClient, token: string): Outstanding {
  return {
    list: () => listOutstanding(redis),
    find: (noticeId) => readNotice(redis, noticeId),
    settle: (settled) => settleDelivery(redis, token, settled),
  };
}
