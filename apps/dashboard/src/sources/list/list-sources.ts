import type { FastifyInstance } from "fastify";
import type { ConnectionsContext } from "../../connections/connections-context.ts";
import { sendPage } from "../../page/send-page.ts";
import { listPage } from "./list-page.ts";

/** `GET /sources` */
export function listSources(app: FastifyInstance, context: ConnectionsContext): void {
  app.get("/sources", async ({ viewer }, reply) => {
    const [sources, connections] = await Promise.all([context.sources.list(), context.store.list()]);
    return sendPage(reply, listPage({ sources, connections, viewer }));
  });
}
