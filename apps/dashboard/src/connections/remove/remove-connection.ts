import { type ConnectionOverview, deleteConnection, readOverviews } from "@customerio-router/connections";
import type { FastifyInstance } from "fastify";
import { sendPage } from "../../page/send-page.ts";
import type { ConnectionsContext } from "../connections-context.ts";
import { type ConnectionPath, findConnection } from "../find-connection.ts";
import { removePage } from "./remove-page.ts";

/** `GET /connections/:id/remove` asks, `POST` does it. */
export function removeConnection(app: FastifyInstance, context: ConnectionsContext): void {
  const { redis, queues } = context;

  app.get<ConnectionPath>("/connections/:id/remove", async (request, reply) => {
    const connection = await findConnection(context, request);
    if (!connection) return reply.callNotFound();
    const { overviews } = await readOverviews({ redis, connections: [connection], queueOf: queues.of });
    const [overview] = overviews as [ConnectionOverview];
    return sendPage(reply, removePage({ overview, viewer: request.viewer }));
  });

  app.post<ConnectionPath>("/connections/:id/remove", async (request, reply) => {
    const connection = await findConnection(context, request);
    if (!connection) return reply.callNotFound();
    await deleteConnection(context, connection.id);
    request.log.info({ connection: connection.id, action: "remove" }, "changed in the dashboard");
    return reply.redirect("/", 303);
  });
}
