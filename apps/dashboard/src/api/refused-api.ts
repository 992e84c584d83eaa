import type { FastifyInstance } from "fastify";
import { findConnections } from "../delivery/ledger-query.ts";
import { readShownRefused } from "../refused/read-shown-refused.ts";
import type { ApiContext } from "./api-context.ts";
import { problem, refusedCalls, refusedQuery } from "./schemas.ts";

/** `GET /api/refused` */
export function refusedApi(app: FastifyInstance, context: ApiContext): void {
  app.get<{ Querystring: { connection?: string } }>(
    "/refused",
    {
      schema: {
        tags: ["refused"],
        summary: "Requests that the intakes refused, by reason",
        querystring: refusedQuery,
        response: { 200: refusedCalls, 404: problem },
      },
    },
    async ({ query }, reply) => {
      const found = await findConnections(context.store, query.connection ?? "");
      if (!found) return reply.code(404).send({ error: "No connection with this id." });
      const connections = found.map(async ({ id, name }) => ({
        id,
        name,
        refused: await readShownRefused(context, id),
      }));
      return { connections: await Promise.all(connections), unknown: await readShownRefused(context) };
    },
  );
}
