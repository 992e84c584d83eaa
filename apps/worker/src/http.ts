import { describeHeld, readHeld } from "@customerio-router/connections";
import { findRedisWarnings, findWriteProblem, isReady, type RedisClient } from "@customerio-router/queue";
import { addHealthRoutes, addMetricsRoute } from "@customerio-router/service";
import Fastify, { type FastifyInstance } from "fastify";

/** The worker's own small HTTP server: health and metrics. */
export function createHttp(options: {
  redis: RedisClient;
  readMetrics: () => Promise<string>;
  metricsToken?: string | undefined;
}): FastifyInstance {
  const { redis } = options;
  const app = Fastify();
  addHealthRoutes(app, {
    readiness: async () => {
      if (!isReady(redis)) return { problems: ["There is no connection to Redis"] };
      const problem = await findWriteProblem(redis);
      if (problem !== undefined) return { problems: [problem] };
      const held = describeHeld(await readHeld(redis));
      return { problems: [], warnings: [...held, ...(await findRedisWarnings(redis))] };
    },
  });
  addMetricsRoute(app, { read: options.readMetrics, token: options.metricsToken });
  return app;
}
