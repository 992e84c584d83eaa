import { readOverviews } from "@customerio-router/connections";
import type { FastifyInstance } from "fastify";
import { sendPage } from "../../page/send-page.ts";
import { textFields } from "../../page/text-fields.ts";
import type { ConnectionsContext } from "../connections-context.ts";
import { findSetUpWarnings } from "./find-warnings.ts";
import { listPage } from "./list-page.ts";
import { isLookedFor, troubleFirst } from "./order-connections.ts";

/** Of 500 connections a page shows no more than a person reads. */
const shownAtOnce = 50;

/** `GET /`: `q` searches, `page` counts from 1. */
export function listConnections(app: FastifyInstance, { store, redis, queues }: ConnectionsContext): void {
  app.get("/", async (request, reply) => {
    const { q: query = "", page: number = "1" } = textFields(request.query);
    const [connections, warnings] = await Promise.all([store.list(), findSetUpWarnings({ redis, store })]);
    const { overviews, workers } = await readOverviews({ redis, connections, queueOf: queues.of });
    const found = overviews.filter(({ connection }) => isLookedFor(connection, query));
    const pages = Math.max(1, Math.ceil(found.length / shownAtOnce));
    const page = Math.min(Math.max(1, Math.trunc(Number(number)) || 1), pages);
    const shown = troubleFirst(found).slice((page - 1) * shownAtOnce, page * shownAtOnce);
    const { viewer } = request;
    const list = { overviews, found, shown, query, page, pages };
    return sendPage(reply, listPage({ ...list, workers, warnings, now: Date.now(), viewer }));
  });
}
