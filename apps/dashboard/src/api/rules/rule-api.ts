import type { FastifyInstance } from "fastify";
import { previewConnectionRules } from "../../rules/preview-connection-rules.ts";
import type { ApiContext } from "../api-context.ts";
import { type ConnectionPath, connectionTags } from "../connections/connection-path.ts";
import { inPath, problem } from "../schema-parts.ts";
import { newRules, rules, rulesPreview, triedRules } from "./rule-schemas.ts";

/** `/api/connections/:id/rules` */
export function ruleApi(app: FastifyInstance, context: ApiContext): void {
  app.get<ConnectionPath>(
    "/connections/:id/rules",
    {
      schema: {
        tags: connectionTags,
        summary: "The rules of a connection, in the order in which they run",
        params: inPath,
        response: { 200: rules, 404: problem },
      },
    },
    async (request, reply) => (await context.rules.read(request.params.id)) ?? reply.callNotFound(),
  );

  app.put<ConnectionPath>(
    "/connections/:id/rules",
    {
      schema: {
        tags: connectionTags,
        summary: "Replace the rules of a connection, all of them or none",
        params: inPath,
        body: newRules,
        response: { 200: rules, 404: problem, 409: problem, 422: problem },
      },
    },
    async (request, reply) => {
      const saved = await context.rules.put(request.params.id, request.body);
      if (!saved) return reply.callNotFound();
      if (saved.ok) return saved.list;
      if (saved.why === "invalid") {
        return reply.code(422).send({ error: "Not saved.", problems: saved.problems });
      }
      const error = `Not saved: the rules were changed meanwhile, and have version ${saved.version}. Read them again.`;
      return reply.code(409).send({ error, version: saved.version });
    },
  );

  app.post<ConnectionPath>(
    "/connections/:id/rules/preview",
    {
      schema: {
        tags: connectionTags,
        summary: "Run rules over the last 10,000 recorded messages, without saving or sending anything",
        params: inPath,
        body: triedRules,
        response: { 200: rulesPreview, 404: problem, 422: problem },
      },
    },
    async (request, reply) => {
      const previewed = await previewConnectionRules(context, request.params.id, request.body);
      if (!previewed) return reply.callNotFound();
      return previewed.ok
        ? previewed.preview
        : reply.code(422).send({ error: "These rules cannot be saved.", problems: previewed.problems });
    },
  );
}
