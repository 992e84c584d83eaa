import type { FastifyInstance } from "fastify";
import { findConnections } from "../delivery/ledger-query.ts";
import type { MessagesContext } from "../messages/messages-context.ts";
import { sendPage } from "../page/send-page.ts";
import { textFields } from "../page/text-fields.ts";
import { readShownRefused } from "./read-shown-refused.ts";
import { refusedPage } from "./refused-page.ts";

/** What the intakes refused: `GET /refused`. */
export function refusedRoutes(app: FastifyInstance, context: MessagesContext): void {
  app.get("/refused", async (request, reply) => {
    const { connection: chosen = "" } = textFields(request.query);
    const found = await findConnections(context.store, chosen);
    if (!found) return reply.callNotFound();
    const connections = await Promise.all(
      found.map(async (connection) => ({
        connection,
        refused: await readShownRefused(context, connection.id),
      })),
    );
    const unknown = await readShownRefused(context);
    const { viewer } = request;
    return sendPage(reply, refusedPage({ connections, unknown, isOne: chosen !== "", viewer }));
  });
}
