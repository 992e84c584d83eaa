import type { FastifyInstance } from "fastify";
import type { ConnectionsContext } from "../connections/connections-context.ts";
import { sendPage } from "../page/send-page.ts";
import { textFields } from "../page/text-fields.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { readRefusedBySource } from "./read-refused-by-source.ts";
import { refusedPage } from "./refused-page.ts";

/** What the intakes refused: `GET /refused`, of one source or of those that feed a connection by its query. */
export function refusedRoutes(
  app: FastifyInstance,
  context: ConnectionsContext & { privacy: Privacy },
): void {
  app.get("/refused", async ({ query, viewer }, reply) => {
    const fields = textFields(query);
    const found = await readRefusedBySource(context, fields);
    if (!found) return reply.callNotFound();
    const isChosen = Boolean(fields.connection || fields.source);
    return sendPage(reply, refusedPage({ ...found, isChosen, viewer }));
  });
}
