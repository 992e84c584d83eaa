import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { readConnectionViews } from "../connection-view.ts";
import { connectionTags } from "./connection-path.ts";
import { connection } from "./connection-schemas.ts";

/** `GET /connections` */
export function listConnectionsRoute(app: FastifyInstance, context: ApiContext): void {
  const { store } = context;
  const list = { type: "object", properties: { connections: { type: "array", items: connection } } };

  app.get(
    "/connections",
    {
      schema: {
        tags: connectionTags,
        summary: "List all connections with their states",
        response: { 200: list },
      },
    },
    async () => ({
      connections: await readConnectionViews(context, await store.list()),
    }),
  );
}
