import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { inPath, problem } from "../schema-parts.ts";
import { checkedByStore, keyPath, newWriteKey, writeKey } from "./source-schemas.ts";

const tags = ["sources"];

/** `POST /sources/:id/write-keys`, `DELETE /sources/:id/write-keys/:keyId` */
export function writeKeyRoutes(app: FastifyInstance, { sources }: ApiContext): void {
  app.post<{ Params: { id: string }; Body: { key?: string } | null }>(
    "/sources/:id/write-keys",
    {
      ...checkedByStore,
      schema: {
        tags,
        summary: "Add a write key; the source's other one stays valid",
        params: inPath,
        body: newWriteKey,
        response: { 201: writeKey, 404: problem, 422: problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const saved = await sources.addWriteKey(id, request.body?.key);
      if (!saved) return reply.callNotFound();
      if (!saved.ok) return reply.code(422).send({ error: "Not saved.", problems: saved.problems });
      request.log.info({ source: id, action: "add write key" }, "changed through the API");
      return reply.code(201).send(saved.writeKey);
    },
  );

  app.delete<{ Params: { id: string; keyId: string } }>(
    "/sources/:id/write-keys/:keyId",
    {
      schema: {
        tags,
        summary: "Retire a write key: calls with it are refused",
        params: keyPath,
        response: { 204: { type: "null" }, 404: problem, 422: problem },
      },
    },
    async (request, reply) => {
      const { id, keyId } = request.params;
      const saved = await sources.retireWriteKey(id, keyId);
      if (!saved) return reply.callNotFound();
      if (!saved.ok) return reply.code(422).send({ error: "Not retired.", problems: saved.problems });
      request.log.info({ source: id, action: "retire write key" }, "changed through the API");
      return reply.code(204).send(null);
    },
  );
}
