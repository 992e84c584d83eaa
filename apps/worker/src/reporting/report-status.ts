import type { RedisClient } from "@customerio-router/redis";
import { type ConnectionStatus, readStatus, writeStatus } from "@customerio-router/reports";
import type { Delivery } from "../retry/follow-reply.ts";

/** Updates a connection's status in Redis when it changes; goes on where the last owner stopped. */
export function reportStatus(options: {
  redis: RedisClient;
  connectionId: string;
  onError: (error: unknown) => void;
}): (delivery: Delivery) => void {
  const { redis, connectionId, onError } = options;
  let status: ConnectionStatus | undefined;
  let underWay = 0;
  let last = readStatus(redis, connectionId).then((former) => {
    status = former;
  }, onError);

  async function report(delivery: Delivery, nowMs: number): Promise<void> {
    const next = statusAfter(delivery, status, nowMs);
    if (JSON.stringify(next) !== JSON.stringify(status)) await writeStatus(redis, connectionId, next);
    // Only once it is written: one that was not is written with the next reply.
    status = next;
  }

  return (delivery) => {
    const nowMs = Date.now();
    if (delivery.decision.kind === "settled" && status?.state === "active" && underWay === 0) return;
    underWay += 1;
    // One after another: a status that overtakes a later one would stay.
    last = last
      .then(() => report(delivery, nowMs))
      .catch(onError)
      .finally(() => {
        underWay -= 1;
      });
  };
}

function statusAfter(
  { decision, reply, pauseMs }: Delivery,
  former: ConnectionStatus | undefined,
  nowMs: number,
): ConnectionStatus {
  if (decision.kind === "settled" || decision.kind === "halved") return { state: "active" };
  const before = former && "tries" in former ? former : { tries: 0, sinceMs: nowMs, nextTryAtMs: 0 };
  // Requests that were under way together are one try.
  const tries = nowMs >= before.nextTryAtMs ? before.tries + 1 : before.tries;
  const nextTryAtMs = nowMs + Math.round(pauseMs);
  const attempts = { why: decision.why, tries, sinceMs: before.sinceMs, nextTryAtMs };
  if (decision.kind !== "needs-attention") return { state: "retrying", ...attempts };
  const areKeysRefused = reply.status === 401 || reply.status === 403;
  return { state: areKeysRefused ? "keys-refused" : "needs-attention", ...attempts };
}
