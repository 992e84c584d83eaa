import { type ConnectionOverview, readOverviews } from "@customerio-router/connections";
import { readLedgers } from "@customerio-router/reports";
import type { FastifyInstance } from "fastify";
import { findPause } from "../../audit/find-pause.ts";
import { sendPage } from "../../page/send-page.ts";
import { intakeUrlFor } from "../../snippets/intake-url.ts";
import type { ConnectionsContext } from "../connections-context.ts";
import { type ConnectionPath, findConnection } from "../find-connection.ts";
import { connectionPage } from "./connection-page.ts";

/** `GET /connections/:id` */
export function showConnection(app: FastifyInstance, context: ConnectionsContext): void {
  const { redis, queues } = context;

  app.get<ConnectionPath>("/connections/:id", async (request, reply) => {
    const connection = await findConnection(context, request);
    if (!connection) return reply.callNotFound();
    const { overviews } = await readOverviews({ redis, connections: [connection], queueOf: queues.of });
    const [overview] = overviews as [ConnectionOverview];
    const intakeUrl = intakeUrlFor(context, request);
    const sources = await context.sources.ofConnection(connection.id);
    const pause = overview.state.state === "paused" ? await findPause(redis, connection.id) : undefined;
    const { total: account } = await readLedgers(redis, [connection.id], {});
    const { viewer } = request;
    return sendPage(reply, connectionPage({ overview, account, sources, pause, intakeUrl, viewer }));
  });
}
