import { wake } from "@customerio-router/queue";
import type { FastifyInstance } from "fastify";
import type { ConnectionsContext } from "../connections-context.ts";
import { type ConnectionPath, findConnection } from "../find-connection.ts";

/** `POST /connections/:id/pause` and `/resume`: the pause of the connection's queue, the same as Bull Board's. */
export function pauseConnection(app: FastifyInstance, context: ConnectionsContext): void {
  for (const action of ["pause", "resume"] as const) {
    app.post<ConnectionPath>(`/connections/:id/${action}`, async (request, reply) => {
      const connection = await findConnection(context, request);
      if (!connection) return reply.callNotFound();
      await context.queues.of(connection.id)[action]();
      await wake(context.redis, connection.id);
      request.log.info({ connection: connection.id, action }, "changed in the dashboard");
      return reply.redirect(`/connections/${connection.id}`, 303);
    });
  }
}
