import { pauseConnection, resumeConnection } from "@customerio-router/connections";
import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { readConnectionView } from "../connection-view.ts";
import { inPath, problem } from "../schema-parts.ts";
import { type ConnectionPath, connectionTags } from "./connection-path.ts";
import { connection } from "./connection-schemas.ts";

const actions = { pause: pauseConnection, resume: resumeConnection };

/** `POST /connections/:id/pause` and `/resume` */
export function pauseConnectionRoutes(app: FastifyInstance, context: ApiContext): void {
  const { store, redis, queues } = context;

  for (const [action, act] of Object.entries(actions)) {
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
        await act({ redis, queue: queues.of(id), connectionId: id });
        request.log.info({ connection: id, action }, "changed through the API");
        return readConnectionView(context, id);
      },
    );
  }
}
