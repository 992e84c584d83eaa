import { removeRecords } from "@customerio-router/queue";
import type { FastifyInstance } from "fastify";
import { sendPage } from "../page/send-page.ts";
import { readOverview } from "./connection-overview.ts";
import type { ConnectionsContext } from "./connections-context.ts";
import { type ConnectionPath, findConnection } from "./find-connection.ts";
import { removePage } from "./remove-page.ts";

/** `GET /connections/:id/remove` asks, `POST` does it. */
export function removeConnection(app: FastifyInstance, context: ConnectionsContext): void {
  const { store, redis, queues } = context;

  app.get<ConnectionPath>("/connections/:id/remove", async (request, reply) => {
    const connection = await findConnection(context, request);
    if (!connection) return reply.callNotFound();
    const overview = await readOverview({ redis, connection, queue: queues.of(connection.id) });
    return sendPage(reply, removePage({ overview, viewer: request.viewer }));
  });

  app.post<ConnectionPath>("/connections/:id/remove", async (request, reply) => {
    const connection = await findConnection(context, request);
    if (!connection) return reply.callNotFound();
    const queue = queues.of(connection.id);
    // The intake takes nothing more for it before what it took is deleted.
    await store.remove(connection.id);
    await queue.obliterate({ force: true });
    await removeRecords(redis, connection.id);
    request.log.info({ connection: connection.id, action: "remove" }, "by a person in the dashboard");
    return reply.redirect("/", 303);
  });
}
