import { readOverviews } from "@customerio-router/connections";
import type { FastifyInstance } from "fastify";
import type { MessagesContext } from "../messages/messages-context.ts";
import { sendPage } from "../page/send-page.ts";
import { textFields } from "../page/text-fields.ts";
import { overviewPage } from "./overview-page.ts";
import { readThroughput } from "./read-throughput.ts";
import { readRedisHealth } from "./redis-health.ts";

/** `GET /overview?connection=&range=` */
export function overviewRoutes(app: FastifyInstance, { store, redis, queues }: MessagesContext): void {
  app.get("/overview", async (request, reply) => {
    const { connection: chosen = "", range: wanted } = textFields(request.query);
    const range = wanted === "day" ? "day" : "hour";
    const connections = await store.list();
    const shown = connections.filter(({ id }) => chosen === "" || id === chosen);
    const [throughput, health, read] = await Promise.all([
      readThroughput(redis, { connectionIds: shown.map(({ id }) => id), range }),
      readRedisHealth(redis),
      readOverviews({ redis, connections: shown, queueOf: queues.of }),
    ]);
    const { viewer } = request;
    return sendPage(reply, overviewPage({ throughput, ...read, connections, chosen, health, viewer }));
  });
}
