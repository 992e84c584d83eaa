import { testConnection } from "@customerio-router/connections";
import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { inPath, problem } from "../schema-parts.ts";
import { type ConnectionPath, connectionTags } from "./connection-path.ts";
import { keyCheck } from "./connection-schemas.ts";

/** `POST /connections/:id/test` */
export function testConnectionRoute(app: FastifyInstance, context: ApiContext): void {
  const { store } = context;

  app.post<ConnectionPath>(
    "/connections/:id/test",
    {
      schema: {
        tags: connectionTags,
        summary: "Test the keys with Customer.io",
        params: inPath,
        response: { 200: keyCheck, 404: problem },
      },
    },
    async (request, reply) => {
      const former = await store.get(request.params.id);
      if (!former) return reply.callNotFound();
      return testConnection(context, former);
    },
  );
}
