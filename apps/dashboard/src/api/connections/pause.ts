import { wake } from "@customerio-router/queue";
import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { readConnectionView } from "../connection-view.ts";
import { connection, inPath, problem } from "../schemas.ts";
import { type ConnectionPath, connectionTags } from "./connection-path.ts";

/** `POST /connections/:id/pause` and `/resume` */
export function pauseConnectionRoutes(app: FastifyInstance, context: ApiContext): void {
  const { store, redis, queues } = context;

  for (const action of ["pause", "resume"] as const) {
    app.post<ConnectionPath>(
      `/connections/:id/${action}`,
      {
        schema: {
          tags: connectionTags,
          summary: action === "pause" ? "Pause delivery: messages are kept" : "Resume delivery",
          params: inPath,
          response: { 200: connection, 404: problem },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        if (!(await store.get(id))) return reply.callNotFound();
        await queues.of(id)[action]();
        await wake(redis, id);
        return readConnectionView(context, id);
      },
    );
  }
}
