import { mergeRefused } from "@customerio-router/reports";
import type { FastifyInstance } from "fastify";
import { readRefusedBySource } from "../refused/read-refused-by-source.ts";
import type { ApiContext } from "./api-context.ts";
import { refusedCalls, refusedQuery } from "./refused-schemas.ts";
import { problem } from "./schema-parts.ts";

/** `GET /api/refused` */
export function refusedApi(app: FastifyInstance, context: ApiContext): void {
  app.get<{ Querystring: { connection?: string; source?: string } }>(
    "/refused",
    {
      schema: {
        tags: ["refused"],
        summary: "Requests that the intakes refused, by source and reason",
        querystring: refusedQuery,
        response: { 200: refusedCalls, 404: problem },
      },
    },
    async ({ query }, reply) => {
      const found = await readRefusedBySource(context, query);
      if (!found) return reply.code(404).send({ error: "No connection or source with this id." });
      const { sources, connections, unknown } = found;
      const feeding = (id: string) => sources.filter(({ source }) => source.connections.includes(id));
      return {
        sources: sources.map(({ source: { id, name }, refused }) => ({ id, name, refused })),
        connections: connections.map(({ id, name }) => ({
          id,
          name,
          refused: mergeRefused(feeding(id).map(({ refused }) => refused)),
        })),
        unknown,
      };
    },
  );
}
