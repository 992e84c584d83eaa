import { readOverviews } from "@customerio-router/connections";
import type { FastifyInstance } from "fastify";
import { sendPage } from "../../page/send-page.ts";
import type { ConnectionsContext } from "../connections-context.ts";
import { findSetUpWarnings } from "./find-warnings.ts";
import { listPage } from "./list-page.ts";

/** `GET /` */
export function listConnections(app: FastifyInstance, { store, redis, queues }: ConnectionsContext): void {
  app.get("/", async (request, reply) => {
    const [connections, warnings] = await Promise.all([store.list(), findSetUpWarnings({ redis, store })]);
    const read = await readOverviews({ redis, connections, queueOf: queues.of });
    return sendPage(reply, listPage({ ...read, warnings, now: Date.now(), viewer: request.viewer }));
  });
}
