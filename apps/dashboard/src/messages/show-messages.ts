import type { FastifyInstance } from "fastify";
import { sendPage } from "../page/send-page.ts";
import { textFields } from "../page/text-fields.ts";
import { findMessage, listMessages, type MessagePage } from "./find/find-messages.ts";
import { listEvents } from "./find/list-events.ts";
import { readMessageFilter } from "./find/message-filter.ts";
import { messagePath } from "./message-row.ts";
import type { MessagesContext } from "./messages-context.ts";
import { messagesPage } from "./messages-page.ts";

/** `GET /messages`; a messageId that is found leads to its message. */
export function showMessages(app: FastifyInstance, context: MessagesContext): void {
  const { store, sources, redis, privacy } = context;

  app.get("/messages", async (request, reply) => {
    const fields = textFields(request.query);
    const filter = readMessageFilter(fields);
    const connections = await store.list();
    const chosen = connections.filter(({ id }) => filter.connection === "" || id === filter.connection);
    const isPlace = /^(\d{1,18}|archive:[\w.-]{0,500})$/.test(fields.before ?? "");
    const before = isPlace && chosen.length === 1 ? fields.before : undefined;
    let page: MessagePage;
    if (filter.messageId === "") page = await listMessages(context, { connections: chosen, filter, before });
    else {
      const messages = await findMessage(context, { connections: chosen, messageId: filter.messageId });
      const [first] = messages;
      const isOne = new Set(messages.map(({ connection }) => connection.id)).size === 1;
      if (first && isOne) return reply.redirect(messagePath(first), 303);
      page = { messages, latest: new Map(), sinceMs: undefined };
    }
    const { viewer } = request;
    const [shownSources, events] = await Promise.all([sources.list(), listEvents(redis, chosen)]);
    return sendPage(
      reply,
      messagesPage({ page, connections, sources: shownSources, events, filter, before, privacy, viewer }),
    );
  });
}
