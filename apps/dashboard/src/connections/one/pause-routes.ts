import { pauseConnection, resumeConnection } from "@customerio-router/connections";
import type { FastifyInstance } from "fastify";
import type { ConnectionsContext } from "../connections-context.ts";
import { type ConnectionPath, findConnection } from "../find-connection.ts";

const actions = { pause: pauseConnection, resume: resumeConnection };

/** `POST /connections/:id/pause` and `/resume`: the pause of the connection's queue, the same as Bull Board's. */
export function pauseRoutes(app: FastifyInstance, context: ConnectionsContext): void {
  for (const [action, act] of Object.entries(actions)) {
    app.post<ConnectionPath>(`/connections/:id/${action}`, async (request, reply) => {
      const connection = await findConnection(context, request);
      if (!connection) return reply.callNotFound();
      const { id } = connection;
      await act({ redis: context.redis, queue: context.queues.of(id), connectionId: id });
      request.log.info({ connection: id, action }, "changed in the dashboard");
      return reply.redirect(`/connections/${id}`, 303);
    });
  }
}
