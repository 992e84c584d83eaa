import type { FastifyInstance } from "fastify";
import type { MessagesContext } from "./messages-context.ts";
import { showMessage } from "./show-message.ts";
import { showMessages } from "./show-messages.ts";
import { streamMessages } from "./stream-messages.ts";

/** All pages about messages. */
export function messageRoutes(app: FastifyInstance, context: MessagesContext): void {
  showMessages(app, context);
  streamMessages(app, context);
  showMessage(app, context);
}
