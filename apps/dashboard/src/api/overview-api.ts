import type { FastifyInstance } from "fastify";
import { type Range, readThroughput } from "../overview/read-throughput.ts";
import { readRedisHealth } from "../overview/redis-health.ts";
import type { ApiContext } from "./api-context.ts";
import { readConnectionViews } from "./connection-view.ts";
import { overview } from "./overview-schemas.ts";

type OverviewQuery = { Querystring: { connection?: string; range: Range } };

/** `GET /api/overview` */
export function overviewApi(app: FastifyInstance, context: ApiContext): void {
  const { store, redis } = context;

  app.get<OverviewQuery>(
    "/overview",
    {
      schema: {
        tags: ["overview"],
        summary: "Show what was received, its outcomes, what waits, and the state of Redis",
        querystring: {
          type: "object",
          properties: {
            connection: {
              type: "string",
              description: "The id of a connection; without it, all connections",
            },
            range: { type: "string", enum: ["hour", "day"], default: "hour" },
          },
        },
        response: { 200: overview },
      },
    },
    async (request) => {
      const { connection: wanted, range } = request.query;
      const all = await store.list();
      const shown = all.filter(({ id }) => wanted === undefined || id === wanted);
      const [throughput, health, connections] = await Promise.all([
        readThroughput(redis, { connectionIds: shown.map(({ id }) => id), range }),
        readRedisHealth(redis),
        readConnectionViews(context, shown),
      ]);
      return { ...throughput, connections, redis: health };
    },
  );
}
