import type { Connection } from "@customerio-router/connections";
import { dayOf, type LedgerQuery, readSplit, splitByReason } from "@customerio-router/reports";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { MessagesContext } from "../messages/messages-context.ts";
import { formatCount } from "../overview/format-count.ts";
import { type Html, html } from "../page/html.ts";
import { createReadingMemo } from "../page/reading-memo.ts";
import { sendPage } from "../page/send-page.ts";
import { textFields } from "../page/text-fields.ts";
import { countAgain, explainBusy } from "./count-again.ts";
import { deliveryCsv } from "./delivery-csv.ts";
import { deliveryPage, deliveryQuery } from "./delivery-page.ts";
import { findExamples } from "./find-examples.ts";
import {
  findConnections,
  findSource,
  listSources,
  readLedgerRange,
  readSplit as readSplitName,
} from "./ledger-query.ts";
import { maskRows } from "./mask-rows.ts";
import { chooseDays, type Delivery, readDelivery } from "./read-delivery.ts";

/** What became of every message: `GET /delivery`, `GET /delivery.csv`, `POST /delivery/check`. */
export function deliveryRoutes(app: FastifyInstance, context: MessagesContext): void {
  const { store, sources, redis, privacy } = context;
  const delivered = createReadingMemo((wish: { connectionIds: string[]; query: LedgerQuery }) =>
    readDelivery(redis, wish),
  );

  app.get("/delivery", async (request, reply) => {
    const { connection: chosen = "", source: wanted = "", counted, ...fields } = textFields(request.query);
    const range = readLedgerRange(fields);
    const shown = await findConnections(store, chosen);
    if (!shown) return reply.callNotFound();
    // One that the connection does not know was chosen with another connection.
    const source = (await findSource({ redis, sources }, shown, wanted))?.id;
    return show(request, reply, {
      chosen,
      shown,
      query: { ...range, source },
      isNow: counted !== undefined,
      notice: (delivery) => (counted === undefined ? "" : countedNotice(delivery)),
    });
  });

  app.get("/delivery.csv", async (request, reply) => {
    const { connection: chosen = "", source: wanted = "", ...fields } = textFields(request.query);
    const range = readLedgerRange(fields);
    const by = readSplitName(fields);
    const connections = await findConnections(store, chosen);
    if (!connections) return reply.callNotFound();
    const found = await findSource({ redis, sources }, connections, wanted);
    if (found === null) return reply.callNotFound();
    const source = found?.id;
    const ids = connections.map(({ id }) => id);
    const {
      days,
      chosen: { from, to },
    } = await readDelivery(redis, { connectionIds: ids, query: { ...range, source } });
    const split = await readSplit(redis, ids, { by, days, from, to, source });
    const query = deliveryQuery({ connection: "" }, { from, to });
    const name = `delivery-by-${by}-${query.get("from")}-${query.get("to")}.csv`;
    return reply
      .type("text/csv; charset=utf-8")
      .header("content-disposition", `attachment; filename="${name}"`)
      .header("cache-control", "no-store")
      .send(deliveryCsv({ by, rows: maskRows(split, privacy) }));
  });

  app.post("/delivery/check", async (request, reply) => {
    const { connection: chosen = "", source: wanted = "", ...fields } = textFields(request.body);
    const range = readLedgerRange(fields);
    const shown = await findConnections(store, chosen);
    if (!shown) return reply.callNotFound();
    const source = (await findSource({ redis, sources }, shown, wanted))?.id;
    const query = { ...range, source };
    const busy = await countAgain(redis, shown);
    const ids = shown.map(({ id }) => id);
    request.log.info({ connections: ids, action: "count again" }, "changed in the dashboard");
    if (busy.length > 0) {
      const notice = () => html`<p class="problem" role="alert">${explainBusy(busy)}</p>`;
      return show(request, reply, { chosen, shown, query, notice, status: 409 });
    }
    const days = chooseDays(range, dayOf(Date.now()));
    return reply.redirect(
      `/delivery?${deliveryQuery({ connection: chosen, source }, days, { counted: "yes" })}`,
      303,
    );
  });

  async function show(
    { viewer }: FastifyRequest,
    reply: FastifyReply,
    {
      chosen,
      shown,
      query,
      notice,
      isNow = false,
      status = 200,
    }: {
      chosen: string;
      shown: Connection[];
      query: LedgerQuery;
      notice: (delivery: Delivery) => Html | "";
      /** It was counted just now: what was read before is not shown. */
      isNow?: boolean;
      status?: number;
    },
  ) {
    const connectionIds = shown.map(({ id }) => id);
    const [{ value: delivery, readAtMs }, connections, choices] = await Promise.all([
      delivered({ connectionIds, query }, { isNow }),
      store.list(),
      listSources({ redis, sources }, shown),
    ]);
    const reasons = splitByReason(delivery.days);
    const examples = await findExamples(context, { connections: shown, source: query.source, reasons });
    const choice = { chosen, source: query.source, sources: choices };
    const page = {
      delivery,
      readAtMs,
      connections,
      ...choice,
      examples,
      notice: notice(delivery),
      privacy,
      viewer,
    };
    return sendPage(reply, deliveryPage(page), status);
  }
}

function countedNotice({ ofAllTime: { received, unaccounted } }: Delivery): Html {
  return unaccounted === 0
    ? html`<p class="done" role="status">Counted one by one: no message is missing, of ${formatCount(received)} of all time.</p>`
    : html`<p class="problem" role="status">Counted one by one: ${formatCount(unaccounted)} of ${formatCount(received)} messages of all time ${unaccounted === 1 ? "is" : "are"} missing.</p>`;
}
