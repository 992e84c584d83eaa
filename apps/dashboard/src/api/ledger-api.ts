import type { Connection } from "@customerio-router/connections";
import { type LedgerQuery, type LedgerSplit, readLedgers, readSplit } from "@customerio-router/reports";
import type { FastifyInstance, FastifySchema } from "fastify";
import { countAgain, explainBusy } from "../delivery/count-again.ts";
import {
  badQuery,
  badSplit,
  findConnections,
  findSource,
  readLedgerRange,
} from "../delivery/ledger-query.ts";
import { maskRows } from "../delivery/mask-rows.ts";
import type { ApiContext } from "./api-context.ts";
import { ledger, ledgerQuery } from "./ledger-schemas.ts";
import { problem } from "./schema-parts.ts";

type LedgerRequest = {
  Querystring: { connection?: string; source?: string; from?: string; to?: string; by: LedgerSplit };
};

/** `GET /api/ledger` and `POST /api/ledger/check` */
export function ledgerApi(app: FastifyInstance, { store, sources, redis, privacy }: ApiContext): void {
  app.get<LedgerRequest>(
    "/ledger",
    {
      schema: describe("Account for every message received: delivered, skipped, rejected, removed, waiting"),
      schemaErrorFormatter: explainQuery,
    },
    async ({ query }, reply) => {
      const range = readLedgerRange(query);
      const connections = await findConnections(store, query.connection ?? "");
      if (!connections) return reply.code(404).send(unknown);
      const source = await findSource({ redis, sources }, connections, query.source ?? "");
      if (source === null) return reply.code(404).send(unknownSource);
      return answer(connections, { ...range, source: source?.id, by: query.by });
    },
  );

  app.post<LedgerRequest>(
    "/ledger/check",
    {
      schema: describe("Count waiting and rejected messages one by one, and find those unaccounted for", {
        409: problem,
      }),
      schemaErrorFormatter: explainQuery,
    },
    async (request, reply) => {
      const { query } = request;
      const range = readLedgerRange(query);
      const connections = await findConnections(store, query.connection ?? "");
      if (!connections) return reply.code(404).send(unknown);
      const source = await findSource({ redis, sources }, connections, query.source ?? "");
      if (source === null) return reply.code(404).send(unknownSource);
      const busy = await countAgain(redis, connections);
      const ids = connections.map(({ id }) => id);
      request.log.info({ connections: ids, action: "count again" }, "changed through the API");
      if (busy.length > 0) return reply.code(409).send({ error: explainBusy(busy) });
      return answer(connections, { ...range, source: source?.id, by: query.by });
    },
  );

  async function answer(connections: Connection[], { by, ...query }: LedgerQuery & { by: LedgerSplit }) {
    const ids = connections.map(({ id }) => id);
    const { total, days, checkedAtMs } = await readLedgers(redis, ids, query);
    const split = await readSplit(redis, ids, { by, days, ...query });
    return {
      total,
      by: maskRows(split, privacy),
      ...(checkedAtMs !== undefined && { checkedAt: new Date(checkedAtMs).toISOString() }),
    };
  }
}

const unknown = { error: "No connection with this id." };
const unknownSource = { error: "No source with this id." };

function describe(summary: string, more: { [status: number]: object } = {}): FastifySchema {
  return {
    tags: ["ledger"],
    summary,
    querystring: ledgerQuery,
    response: { 200: ledger, 400: problem, 404: problem, ...more },
  };
}

function explainQuery([error]: { instancePath: string }[]): Error {
  const name = error?.instancePath.slice(1) ?? "";
  return name === "by" ? badSplit() : badQuery(`\`${name}\` must be given once.`);
}
