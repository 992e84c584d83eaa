import {
  type ConnectionStore,
  describeHeld,
  readHeld,
  type SecretKeyCheck,
} from "@customerio-router/connections";
import { findRedisWarnings, type RedisClient, type RedisHealth, withTimeout } from "@customerio-router/redis";
import { describeAttention, readReports } from "@customerio-router/reports";
import { addHealthRoutes, addMetricsRoute } from "@customerio-router/service";
import Fastify, { type FastifyInstance } from "fastify";

/** The worker's own small HTTP server: health and metrics. */
export function createHttp(options: {
  redis: RedisClient;
  health: RedisHealth;
  store: Pick<ConnectionStore, "list">;
  /** Nothing is delivered until it has passed. */
  secretKeyCheck: Pick<SecretKeyCheck, "problem">;
  readMetrics: () => Promise<string>;
  /** What an operator should know of this worker. */
  warnings: () => string[];
  metricsToken?: string | undefined;
}): FastifyInstance {
  const { redis, health, store, secretKeyCheck } = options;
  const app = Fastify();
  addHealthRoutes(app, {
    readiness: async () => {
      const problem = await health.findProblem();
      if (problem !== undefined) return { problems: [problem.sentence] };
      if (secretKeyCheck.problem !== undefined) return { problems: [secretKeyCheck.problem] };
      const held = describeHeld(await readHeld(redis));
      return {
        problems: [],
        warnings: [
          ...held,
          ...(await findRedisWarnings(redis)),
          ...(await findAttention({ redis, store })),
          ...options.warnings(),
        ],
      };
    },
  });
  addMetricsRoute(app, { read: options.readMetrics, token: options.metricsToken });
  return app;
}

/** Less than `/readyz` has: a warning must not make a worker not ready. */
const attentionMs = 500;

async function findAttention(options: {
  redis: RedisClient;
  store: Pick<ConnectionStore, "list">;
}): Promise<string[]> {
  return await withTimeout(attentionMs, async () => {
    const ids = (await options.store.list()).map(({ id }) => id);
    return describeAttention(await readReports(options.redis, ids));
  }).catch(() => [`The states of the connections could not be read within ${attentionMs} ms.`]);
}
