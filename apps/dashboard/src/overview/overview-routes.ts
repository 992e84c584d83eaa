import { readOverviews } from "@customerio-router/connections";
import type { FastifyInstance } from "fastify";
import type { MessagesContext } from "../messages/messages-context.ts";
import { sendPage } from "../page/send-page.ts";
import { textFields } from "../page/text-fields.ts";
import { overviewPage } from "./overview-page.ts";
import { readRange } from "./ranges.ts";
import { readHistory } from "./read-history.ts";
import { readThroughput } from "./read-throughput.ts";
import { readRedisHealth } from "./redis-health.ts";

/** `GET /overview?connection=&range=` */
export function overviewRoutes(app: FastifyInstance, context: MessagesContext): void {
  const { store, redis, queues, privacy } = context;

  app.get("/overview", async (request, reply) => {
    const { connection: chosen = "", range: wanted } = textFields(request.query);
    const range = readRange(wanted);
    const connections = await store.list();
    const shown = connections.filter(({ id }) => chosen === "" || id === chosen);
    const connectionIds = shown.map(({ id }) => id);
    const [minutes, history, health, read] = await Promise.all([
      range === "hour" || range === "day" ? readThroughput(redis, { connectionIds, range }) : undefined,
      readHistory(redis, { connectionIds, range }),
      readRedisHealth(redis),
      readOverviews({ redis, connections: shown, queueOf: queues.of }),
    ]);
    const { viewer } = request;
    const page = { range, minutes, history, ...read, connections, chosen, health, privacy, viewer };
    return sendPage(reply, overviewPage(page));
  });
}
