import type { FastifyInstance } from "fastify";
import type { ConnectionsContext } from "../../connections/connections-context.ts";
import { sendPage } from "../../page/send-page.ts";
import type { SourcePath } from "../source-path.ts";
import { readSourcePage } from "./read-source-page.ts";
import { sourcePage } from "./source-page.ts";

/** `GET /sources/:id` */
export function showSource(app: FastifyInstance, context: ConnectionsContext): void {
  app.get<SourcePath>("/sources/:id", async (request, reply) => {
    const page = await readSourcePage(context, request);
    return page ? sendPage(reply, sourcePage(page)) : reply.callNotFound();
  });
}
