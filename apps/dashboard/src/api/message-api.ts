import { explainState } from "@customerio-router/reports";
import type { FastifyInstance } from "fastify";
import { explainMessage } from "../messages/explain-message.ts";
import { findMessage } from "../messages/find/find-messages.ts";
import type { KnownMessage } from "../messages/find/known-message.ts";
import { findWhyWaiting } from "../messages/why-waiting.ts";
import type { ApiContext } from "./api-context.ts";
import { isoTime } from "./iso-time.ts";
import { knownMessages } from "./message-schemas.ts";
import { problem } from "./schema-parts.ts";

type MessagePath = { Params: { messageId: string }; Querystring: { connection?: string } };

/** `GET /api/messages/:messageId` */
export function messageApi(app: FastifyInstance, context: ApiContext): void {
  const { store, rules, privacy } = context;

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
      const views = known.map(async (one) => {
        const connection = connections.find(({ id }) => id === one.connection.id);
        if (!connection) return [];
        const { compiled } = await rules.open(connection.id);
        const explained = explainMessage(one, connection, compiled);
        const operations = explained.operations.map(privacy.mask);
        const sent = one.operations && { operations: one.operations.map(privacy.mask) };
        const message = privacy.mask(one.message);
        const waiting = await readWaiting(context, one);
        return [{ ...one, ...sent, ...waiting, message, explained: { ...explained, operations } }];
      });
      return { messageId, found: (await Promise.all(views)).flat() };
    },
  );
}

/** Why it waits, if it does. */
async function readWaiting(context: ApiContext, known: KnownMessage) {
  const found = await findWhyWaiting(context, known);
  if (!found) return {};
  const { state, dueAtMs, ...place } = found;
  const tries = "tries" in state ? state.tries : undefined;
  const nextTryAtMs = dueAtMs ?? ("nextTryAtMs" in state ? state.nextTryAtMs : undefined);
  return {
    waiting: {
      ...place,
      state: state.state,
      explanation: context.privacy.maskSentence(explainState(state)),
      ...(tries !== undefined && { tries }),
      ...(nextTryAtMs !== undefined && { nextTryAt: isoTime(nextTryAtMs) }),
    },
  };
}
