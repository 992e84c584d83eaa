import { withTimeout } from "@customerio-router/redis";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { shareReads } from "../share-reads.ts";

/** Deadline for Redis, so that `/metrics` answers within a second whatever Redis does. */
const redisMs = 700;

export type ProcessMetrics = {
  registry: Registry;
  /** All of them in Prometheus's text format. Never rejects for Redis. */
  read(): Promise<string>;
};

/**
 * The metrics of a process, with those of Node, and with `redis_up`: 0 while Redis is away, silent or takes no writes.
 * @param readFacts reads what only Redis knows
 * @param show sets gauges to it; called with `undefined` while `redis_up` is 0: they are left out then
 */
export function createProcessMetrics<Facts = void>(options: {
  findRedisProblem: () => Promise<object | undefined>;
  readFacts?: () => Promise<Facts>;
  show?: (facts: Facts | undefined) => void;
}): ProcessMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const redisUp = new Gauge({
    name: "customerio_router_redis_up",
    help: "1 while Redis answers in time and takes writes",
    registers: [registry],
  });
  const ask = shareReads(async () => {
    if ((await options.findRedisProblem()) !== undefined) return undefined;
    return { facts: await options.readFacts?.() };
  });

  return {
    registry,
    async read() {
      // The health check says and logs why Redis cannot serve.
      const answer = await withTimeout(redisMs, ask).catch(() => undefined);
      redisUp.set(answer === undefined ? 0 : 1);
      options.show?.(answer?.facts);
      return await registry.metrics();
    },
  };
}
