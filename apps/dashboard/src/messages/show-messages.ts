import type { FastifyInstance } from "fastify";
import { sendPage } from "../page/send-page.ts";
import { textFields } from "../page/text-fields.ts";
import { findMessage, listMessages } from "./find/find-messages.ts";
import { findOtherNames } from "./find/find-other-names.ts";
import { listEvents } from "./find/list-events.ts";
import { problemOf, readMessageFilter } from "./find/message-filter.ts";
import type { MessagePage } from "./find/message-page.ts";
import { messagePath } from "./message-row.ts";
import type { MessagesContext } from "./messages-context.ts";
import { messagesPage } from "./messages-page.ts";

/** See `listMessages` and `listAcross`. */
const placesInOne = /^(\d{1,18}|archive:[\w.-]{0,500})$/;
const placesInSeveral = /^(until:\d{1,15}|in:[0-9a-z]{1,40}:[\w.-]{0,500})$/;

/** `GET /messages`; a messageId that is found leads to its message. */
export function showMessages(app: FastifyInstance, context: MessagesContext): void {
  const { store, sources, redis, privacy } = context;

  app.get("/messages", async (request, reply) => {
    const fields = textFields(request.query);
    const filter = readMessageFilter(fields);
    const connections = await store.list();
    const chosen = connections.filter(({ id }) => filter.connection === "" || id === filter.connection);
    const places = chosen.length === 1 ? placesInOne : placesInSeveral;
    const before = places.test(fields.before ?? "") ? fields.before : undefined;
    const problem = problemOf(filter);
    let page: MessagePage = { messages: [], sinceMs: undefined };
    if (problem === undefined && filter.messageId === "") {
      page = await listMessages(context, { connections: chosen, filter, before });
    } else if (problem === undefined) {
      const messages = await findMessage(context, { connections: chosen, messageId: filter.messageId });
      const [first] = messages;
      const isOne = new Set(messages.map(({ connection }) => connection.id)).size === 1;
      if (first && isOne) return reply.redirect(messagePath(first), 303);
      page = { ...page, messages };
    }
    const { viewer } = request;
    const [shownSources, events, otherNames] = await Promise.all([
      sources.list(),
      listEvents(redis, chosen),
      before === undefined && !privacy.isMasking ? findOtherNames(context, chosen, filter.person) : [],
    ]);
    return sendPage(
      reply,
      messagesPage({
        page,
        problem,
        connections,
        sources: shownSources,
        events,
        otherNames,
        filter,
        before,
        privacy,
        viewer,
      }),
      problem === undefined ? 200 : 400,
    );
  });
}
