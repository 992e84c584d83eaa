import { describeHeld, readHeld, type SecretKeyCheck } from "@customerio-router/connections";
import { findRedisWarnings, type RedisClient, type RedisHealth } from "@customerio-router/redis";
import { addHealthRoutes, addMetricsRoute } from "@customerio-router/service";
import Fastify, { type FastifyInstance } from "fastify";

/** The worker's own small HTTP server: health and metrics. */
export function createHttp(options: {
  redis: RedisClient;
  health: RedisHealth;
  /** Nothing is delivered until it has passed. */
  secretKeyCheck: Pick<SecretKeyCheck, "problem">;
  readMetrics: () => Promise<string>;
  /** What an operator should know of this worker. */
  warnings: () => string[];
  metricsToken?: string | undefined;
}): FastifyInstance {
  const { redis, health, secretKeyCheck } = options;
  const app = Fastify();
  addHealthRoutes(app, {
    readiness: async () => {
      const problem = await health.findProblem();
      if (problem !== undefined) return { problems: [problem.sentence] };
      if (secretKeyCheck.problem !== undefined) return { problems: [secretKeyCheck.problem] };
      const held = describeHeld(await readHeld(redis));
      return {
        problems: [],
        warnings: [...held, ...(await findRedisWarnings(redis)), ...options.warnings()],
      };
    },
  });
  addMetricsRoute(app, { read: options.readMetrics, token: options.metricsToken });
  return app;
}
