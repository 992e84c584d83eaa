import type { SourceInput, SourcePatch } from "@customerio-router/connections";
import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { inPath, problem } from "../schema-parts.ts";
import { checkedByStore, newSource, source, sourceList, sourcePatch } from "./source-schemas.ts";

type SourcePath = { Params: { id: string } };

const tags = ["sources"];

/** `GET,POST /sources`, `GET,PATCH,DELETE /sources/:id` */
export function sourceRoutes(app: FastifyInstance, { sources }: ApiContext): void {
  app.get(
    "/sources",
    { schema: { tags, summary: "List all sources", response: { 200: sourceList } } },
    async () => ({
      sources: await sources.list(),
    }),
  );

  app.post<{ Body: SourceInput }>(
    "/sources",
    {
      ...checkedByStore,
      schema: {
        tags,
        summary: "Create a source; intakes accept its calls within a second",
        body: newSource,
        response: { 201: source, 422: problem },
      },
    },
    async (request, reply) => {
      const saved = await sources.create(request.body);
      if (!saved.ok) return reply.code(422).send({ error: "Not saved.", problems: saved.problems });
      request.log.info({ source: saved.source.id, action: "create" }, "changed through the API");
      return reply.code(201).send(await sources.get(saved.source.id));
    },
  );

  app.get<SourcePath>(
    "/sources/:id",
    { schema: { tags, summary: "One source", params: inPath, response: { 200: source, 404: problem } } },
    async (request, reply) => (await sources.get(request.params.id)) ?? reply.callNotFound(),
  );

  app.patch<SourcePath & { Body: SourcePatch }>(
    "/sources/:id",
    {
      ...checkedByStore,
      schema: {
        tags,
        summary: "Change the given fields of a source",
        params: inPath,
        body: sourcePatch,
        response: { 200: source, 404: problem, 422: problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const saved = await sources.update(id, request.body);
      if (!saved) return reply.callNotFound();
      if (!saved.ok) return reply.code(422).send({ error: "Not saved.", problems: saved.problems });
      request.log.info({ source: id, action: "change" }, "changed through the API");
      return sources.get(id);
    },
  );

  app.delete<SourcePath>(
    "/sources/:id",
    {
      schema: {
        tags,
        summary: "Delete a source: its callers are refused, what was received is delivered",
        params: inPath,
        response: { 204: { type: "null" }, 404: problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if (!(await sources.remove(id))) return reply.callNotFound();
      request.log.info({ source: id, action: "remove" }, "changed through the API");
      return reply.code(204).send(null);
    },
  );
}
