import type { RedisClient } from "@customerio-router/redis";
import { type ConnectionStatus, writeStatus } from "@customerio-router/reports";
import type { Delivery } from "../retry/follow-reply.ts";

/** Updates a connection's status in Redis when it changes. */
export function reportStatus(options: {
  redis: RedisClient;
  connectionId: string;
  onError: (error: unknown) => void;
}): (delivery: Delivery) => void {
  let told: string | undefined;
  return (delivery) => {
    const status = statusAfter(delivery);
    const text = JSON.stringify(status);
    if (text === told) return;
    told = text;
    writeStatus(options.redis, options.connectionId, status).catch(options.onError);
  };
}

function statusAfter({ decision, pauseMs }: Delivery): ConnectionStatus {
  switch (decision.kind) {
    case "settled":
    case "halved":
      return { state: "active" };
    case "failed":
    case "deferred":
      return { state: "retrying", why: decision.why, untilMs: Date.now() + Math.round(pauseMs) };
    case "needs-attention":
      return { state: "needs-attention", why: decision.why };
  }
}
