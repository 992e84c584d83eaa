import { type NewConnection, saveNewConnection } from "@customerio-router/connections";
import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { readConnectionView } from "../connection-view.ts";
import { connection, newConnection, problem } from "../schemas.ts";
import { connectionTags } from "./connection-path.ts";

/** `POST /connections` */
export function createConnectionRoute(app: FastifyInstance, context: ApiContext): void {
  app.post<{ Body: Omit<NewConnection["input"], "region"> & Pick<NewConnection, "apiKey" | "region"> }>(
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
      const { apiKey, region, ...input } = request.body;
      const saved = await saveNewConnection(context, { input, apiKey, region });
      if (!saved.ok) return reply.code(422).send({ error: "Not saved.", problems: saved.problems });
      return reply.code(201).send(await readConnectionView(context, saved.id));
    },
  );
}
