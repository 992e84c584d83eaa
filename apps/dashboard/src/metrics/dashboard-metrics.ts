import type { ConnectionStore } from "@customerio-router/connections";
import type { RedisClient, RedisHealth } from "@customerio-router/redis";
import { type Reports, readReports, stateNames } from "@customerio-router/reports";
import { createProcessMetrics } from "@customerio-router/service";
import { addConnectionGauges } from "./connection-gauges.ts";

type Facts = Reports & { names: ReadonlyMap<string, string> };

/**
 * The dashboard's Prometheus metrics. What is so of connections and workers it alone exports: a dead worker hides
 * nothing, and sums over processes count nothing twice.
 * @returns reads all of them in Prometheus's text format
 */
export function createDashboardMetrics(options: {
  redis: RedisClient;
  health: Pick<RedisHealth, "findProblem">;
  store: Pick<ConnectionStore, "list">;
}): () => Promise<string> {
  const { redis, health, store } = options;
  const metrics = createProcessMetrics<Facts>({
    findRedisProblem: () => health.findProblem(),
    async readFacts() {
      const names = new Map((await store.list()).map(({ id, name }) => [id, name]));
      return { ...(await readReports(redis, [...names.keys()])), names };
    },
    show(facts) {
      gauges.clear();
      if (facts) show(facts);
    },
  });
  const gauges = addConnectionGauges(metrics.registry);

  function show({ workers, connections, names }: Facts): void {
    gauges.workersAlive.set(workers.length);
    const nowMs = Date.now();
    for (const { id: connection, state, messagesWaiting, messagesFailed, oldestWaitingAtMs } of connections) {
      gauges.info.set({ connection, name: names.get(connection) ?? "" }, 1);
      for (const name of stateNames)
        gauges.state.set({ connection, state: name }, name === state.state ? 1 : 0);
      gauges.waiting.set({ connection }, messagesWaiting);
      gauges.failed.set({ connection }, messagesFailed);
      gauges.oldest.set({ connection }, Math.max(0, nowMs - (oldestWaitingAtMs ?? nowMs)) / 1000);
    }
  }

  return metrics.read;
}
