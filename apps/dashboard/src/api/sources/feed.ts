import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { type ConnectionPath, connectionTags } from "../connections/connection-path.ts";
import { inPath, problem } from "../schema-parts.ts";
import { checkedByStore, feedingSources } from "./source-schemas.ts";

/** `PUT /connections/:id/sources` */
export function feedConnectionRoute(app: FastifyInstance, { sources }: ApiContext): void {
  app.put<ConnectionPath & { Body: { sources: string[] } | null }>(
    "/connections/:id/sources",
    {
      ...checkedByStore,
      schema: {
        tags: connectionTags,
        summary: "Set the sources that feed a connection",
        params: inPath,
        body: feedingSources,
        response: { 200: feedingSources, 404: problem, 422: problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const saved = await sources.feed(id, request.body?.sources);
      if (!saved) return reply.callNotFound();
      if (!saved.ok) return reply.code(422).send({ error: "Not saved.", problems: saved.problems });
      request.log.info({ connection: id, action: "set sources" }, "changed through the API");
      return { sources: (await sources.ofConnection(id)).map((source) => source.id) };
    },
  );
}
