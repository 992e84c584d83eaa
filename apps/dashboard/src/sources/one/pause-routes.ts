import type { FastifyInstance } from "fastify";
import type { ConnectionsContext } from "../../connections/connections-context.ts";
import type { SourcePath } from "../source-path.ts";

/** `POST /sources/:id/pause` and `/resume`: while it is paused, its calls are dropped. */
export function pauseRoutes(app: FastifyInstance, { sources }: ConnectionsContext): void {
  for (const [action, paused] of [
    ["pause", true],
    ["resume", false],
  ] as const) {
    app.post<SourcePath>(`/sources/:id/${action}`, async (request, reply) => {
      const { id } = request.params;
      if (!(await sources.update(id, { paused }))) return reply.callNotFound();
      request.log.info({ source: id, action }, "changed in the dashboard");
      return reply.redirect(`/sources/${id}`, 303);
    });
  }
}
