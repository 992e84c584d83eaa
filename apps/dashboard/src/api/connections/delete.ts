import { deleteConnection } from "@customerio-router/connections";
import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { inPath, problem } from "../schema-parts.ts";
import { type ConnectionPath, connectionTags } from "./connection-path.ts";

/** `DELETE /connections/:id` */
export function deleteConnectionRoute(app: FastifyInstance, context: ApiContext): void {
  app.delete<ConnectionPath>(
    "/connections/:id",
    {
      schema: {
        tags: connectionTags,
        summary: "Delete a connection with its waiting and failed messages",
        params: inPath,
        response: { 204: { type: "null" }, 404: problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if (!(await deleteConnection(context, id))) return reply.callNotFound();
      request.log.info({ connection: id, action: "remove" }, "changed through the API");
      return reply.code(204).send(null);
    },
  );
}
