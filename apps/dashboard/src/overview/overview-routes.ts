import { type ConnectionReport, readReports } from "@customerio-router/reports";
import type { FastifyInstance } from "fastify";
import type { MessagesContext } from "../messages/messages-context.ts";
import { createReadingMemo } from "../page/reading-memo.ts";
import { sendPage } from "../page/send-page.ts";
import { textFields } from "../page/text-fields.ts";
import { overviewPage } from "./overview-page.ts";
import { type OverviewRange, readRange } from "./ranges.ts";
import { readHistory } from "./read-history.ts";
import { readThroughput } from "./read-throughput.ts";
import { readRedisHealth } from "./redis-health.ts";

/** `GET /overview?connection=&range=` */
export function overviewRoutes(app: FastifyInstance, context: MessagesContext): void {
  const { store, redis, privacy } = context;

  const history = createReadingMemo((wish: { connectionIds: string[]; range: OverviewRange }) =>
    readHistory(redis, wish),
  );

  app.get("/overview", async (request, reply) => {
    const { connection: chosen = "", range: wanted } = textFields(request.query);
    const range = readRange(wanted);
    const connections = await store.list();
    const shown = connections.filter(({ id }) => chosen === "" || id === chosen);
    const connectionIds = shown.map(({ id }) => id);
    const [minutes, past, health, read] = await Promise.all([
      hasMinutes(range, connectionIds) ? readThroughput(redis, { connectionIds, range }) : undefined,
      history({ connectionIds, range }),
      readRedisHealth(redis),
      readReports(redis, connectionIds),
    ]);
    const overviews = shown.map((connection, index) => ({
      ...(read.connections[index] as ConnectionReport),
      connection,
    }));
    const { viewer } = request;
    const page = {
      range,
      minutes,
      history: past.value,
      readAtMs: past.readAtMs,
      overviews,
      workers: read.workers,
      connections,
      chosen,
      health,
      privacy,
      viewer,
    };
    return sendPage(reply, overviewPage(page));
  });
}

/** A day of minutes of more connections would take a page's time: its hours are shown. */
const fewConnections = 50;

function hasMinutes(range: OverviewRange, connectionIds: string[]): range is "hour" | "day" {
  return range === "hour" || (range === "day" && connectionIds.length <= fewConnections);
}
