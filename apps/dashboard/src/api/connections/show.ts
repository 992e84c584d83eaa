import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { readConnectionView } from "../connection-view.ts";
import { inPath, problem } from "../schema-parts.ts";
import { type ConnectionPath, connectionTags } from "./connection-path.ts";
import { connection } from "./connection-schemas.ts";

/** `GET /connections/:id` */
export function showConnectionRoute(app: FastifyInstance, context: ApiContext): void {
  app.get<ConnectionPath>(
    "/connections/:id",
    {
      schema: {
        tags: connectionTags,
        summary: "One connection",
        params: inPath,
        response: { 200: connection, 404: problem },
      },
    },
    async (request, reply) => (await readConnectionView(context, request.params.id)) ?? reply.callNotFound(),
  );
}
