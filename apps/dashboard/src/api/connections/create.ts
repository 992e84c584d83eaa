import { type NewConnection, saveNewConnection } from "@customerio-router/connections";
import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { readConnectionView } from "../connection-view.ts";
import { problem } from "../schema-parts.ts";
import { connectionTags } from "./connection-path.ts";
import { connection, newConnection } from "./connection-schemas.ts";

/** `POST /connections` */
export function createConnectionRoute(app: FastifyInstance, context: ApiContext): void {
  app.post<{ Body: NewConnection }>(
    "/connections",
    {
      schema: {
        tags: connectionTags,
        summary: "Create a connection; it accepts calls at once",
        body: newConnection,
        response: { 201: connection, 422: problem },
      },
    },
    async (request, reply) => {
      const saved = await saveNewConnection(context, request.body);
      if (!saved.ok) return reply.code(422).send({ error: "Not saved.", problems: saved.problems });
      return reply.code(201).send(await readConnectionView(context, saved.connection.id));
    },
  );
}
