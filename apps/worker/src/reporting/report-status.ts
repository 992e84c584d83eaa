import type { RedisClient } from "@customerio-router/redis";
import { type ConnectionStatus, readStatus, writeStatus } from "@customerio-router/reports";
import type { Delivery } from "../retry/follow-reply.ts";

export type StatusReporter = {
  follow(delivery: Delivery): void;
  /** Customer.io has answered nothing since this time, in Unix milliseconds. A request is given up after `deadlineMs`. */
  silent(sinceMs: number, deadlineMs: number): void;
  /** Delivery begins: what was said while nothing, or something, was sent counts no more. */
  begin(delivery: "live" | "shadow"): void;
};

/** Updates a connection's status in Redis when it changes; goes on where the last owner stopped. */
export function reportStatus(options: {
  redis: RedisClient;
  connectionId: string;
  onError: (error: unknown) => void;
}): StatusReporter {
  const { redis, connectionId, onError } = options;
  let status: ConnectionStatus | undefined;
  let underWay = 0;
  let last = readStatus(redis, connectionId).then((former) => {
    status = former;
  }, onError);

  async function report(next: ConnectionStatus | undefined): Promise<void> {
    if (JSON.stringify(next) !== JSON.stringify(status)) await writeStatus(redis, connectionId, next);
    // Only once it is written: one that was not is written with the next reply.
    status = next;
  }

  /** One after another: a status that overtakes a later one would stay. */
  function reportNext(next: (former: ConnectionStatus | undefined) => ConnectionStatus | undefined): void {
    underWay += 1;
    last = last
      .then(() => report(next(status)))
      .catch(onError)
      .finally(() => {
        underWay -= 1;
      });
  }

  return {
    follow(delivery) {
      const nowMs = Date.now();
      if (delivery.decision.kind === "settled" && status?.state === "active" && underWay === 0) return;
      reportNext((former) => statusAfter(delivery, former, nowMs));
    },
    begin(delivery) {
      if (delivery === "shadow") reportNext(() => ({ state: "shadow" }));
      else reportNext((former) => (former?.state === "shadow" ? undefined : former));
    },
    silent: (sinceMs, deadlineMs) => reportNext((former) => statusInSilence(former, { sinceMs, deadlineMs })),
  };
}

/** A pause follows the deadline of the try that is under way. */
const pauseMs = 1_000;

function statusInSilence(
  former: ConnectionStatus | undefined,
  { sinceMs, deadlineMs }: { sinceMs: number; deadlineMs: number },
): ConnectionStatus {
  if (former !== undefined && former.state !== "active" && former.state !== "shadow") return former;
  const nextTryAtMs = sinceMs + deadlineMs + pauseMs;
  return { state: "retrying", why: "Customer.io does not answer", tries: 1, sinceMs, nextTryAtMs };
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
