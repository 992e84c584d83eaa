import type { FastifyInstance } from "fastify";
import { explainMessage } from "../messages/explain-message.ts";
import { findMessage } from "../messages/find/find-messages.ts";
import type { ApiContext } from "./api-context.ts";
import { knownMessages, problem } from "./schemas.ts";

type MessagePath = { Params: { messageId: string }; Querystring: { connection?: string } };

/** `GET /api/messages/:messageId` */
export function messageApi(app: FastifyInstance, context: ApiContext): void {
  const { store, privacy } = context;

  app.get<MessagePath>(
    "/messages/:messageId",
    {
      schema: {
        tags: ["messages"],
        summary: "Show what happened to a message, and why",
        params: { type: "object", properties: { messageId: { type: "string" } } },
        querystring: {
          type: "object",
          properties: {
            connection: {
              type: "string",
              description: "The id of a connection; without it, all connections",
            },
          },
        },
        response: { 200: knownMessages, 404: problem },
      },
    },
    async (request, reply) => {
      const { messageId } = request.params;
      const { connection: wanted } = request.query;
      const connections = (await store.list()).filter(({ id }) => wanted === undefined || id === wanted);
      const known = await findMessage(context, { connections, messageId });
      if (known.length === 0) return reply.code(404).send({ error: "No message with this id." });
      const found = known.flatMap((one) => {
        const connection = connections.find(({ id }) => id === one.connection.id);
        if (!connection) return [];
        const explained = explainMessage(one.message, connection, one.warnings);
        const operations = explained.operations.map(privacy.mask);
        const sent = one.operations && { operations: one.operations.map(privacy.mask) };
        const message = privacy.mask(one.message);
        return [{ ...one, ...sent, message, explained: { ...explained, operations } }];
      });
      return { messageId, found };
    },
  );
}
