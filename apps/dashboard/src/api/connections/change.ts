import { type ConnectionChange, saveConnection } from "@customerio-router/connections";
import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { readConnectionView } from "../connection-view.ts";
import { inPath, problem } from "../schema-parts.ts";
import { type ConnectionPath, connectionTags } from "./connection-path.ts";
import { connection, connectionPatch } from "./connection-schemas.ts";

/** `PATCH /connections/:id` */
export function changeConnectionRoute(app: FastifyInstance, context: ApiContext): void {
  app.patch<ConnectionPath & { Body: ConnectionChange }>(
    "/connections/:id",
    {
      schema: {
        tags: connectionTags,
        summary: "Change the given fields of a connection; `settings` replaces all settings",
        params: inPath,
        body: connectionPatch,
        response: { 200: connection, 404: problem, 422: problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const saved = await saveConnection(context, id, request.body);
      if (!saved) return reply.callNotFound();
      return saved.ok
        ? readConnectionView(context, id)
        : reply.code(422).send({ error: "Not saved.", problems: saved.problems });
    },
  );
}
