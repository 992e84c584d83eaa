import type { BrokenConnection } from "@customerio-router/connections";
import { findRedisWarnings } from "@customerio-router/queue";
import type { FastifyInstance } from "fastify";
import { sendPage } from "../page/send-page.ts";
import { readOverview } from "./connection-overview.ts";
import type { ConnectionsContext } from "./connections-context.ts";
import { listPage } from "./list-page.ts";

/** `GET /` */
export function listConnections(app: FastifyInstance, { store, redis, queues }: ConnectionsContext): void {
  app.get("/", async (request, reply) => {
    const [connections, broken, redisWarnings] = await Promise.all([
      store.list(),
      store.listBroken(),
      findRedisWarnings(redis),
    ]);
    const warnings = [...redisWarnings, ...broken.map(describeBroken)];
    const overviews = await Promise.all(
      connections.map((connection) => readOverview({ redis, connection, queue: queues.of(connection.id) })),
    );
    return sendPage(reply, listPage({ overviews, warnings, now: Date.now(), viewer: request.viewer }));
  });
}

function describeBroken({ id, why }: BrokenConnection): string {
  return `The connection ${id} cannot be read, so nothing is delivered for it (${why}). Correct its record in Redis, in the hash customerio-router:{connections}:records; the other connections go on.`;
}
