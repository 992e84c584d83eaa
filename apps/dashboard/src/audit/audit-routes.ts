import { Readable } from "node:stream";
import type { RedisClient } from "@customerio-router/redis";
import { type ActionFilter, type RecordedAction, readActions } from "@customerio-router/reports";
import type { FastifyInstance } from "fastify";
import type { ConnectionsContext } from "../connections/connections-context.ts";
import { sendPage } from "../page/send-page.ts";
import { textFields } from "../page/text-fields.ts";
import { auditPage } from "./audit-page.ts";
import { readAuditQuery, readBefore } from "./read-query.ts";

const shown = 50;

/** `GET /audit`, and `GET /audit/export` as NDJSON. */
export function auditRoutes(
  app: FastifyInstance,
  { redis, store, sources }: Pick<ConnectionsContext, "redis" | "store" | "sources">,
): void {
  app.get("/audit", async ({ query, viewer }, reply) => {
    const fields = textFields(query);
    const [page, connections, all] = await Promise.all([
      readAuditPage(redis, readAuditQuery(fields), { before: readBefore(fields), limit: shown }),
      store.list(),
      sources.list(),
    ]);
    const names = new Map([...all, ...connections].map(({ id, name }) => [id, name]));
    return sendPage(reply, auditPage({ ...page, fields, subjects: [...names], viewer }));
  });

  app.get("/audit/export", async ({ query }, reply) => {
    const filter = readAuditQuery(textFields(query));
    return reply
      .type("application/x-ndjson; charset=utf-8")
      .header("content-disposition", 'attachment; filename="audit.ndjson"')
      .header("cache-control", "no-store")
      .send(Readable.from(lines(redis, filter)));
  });
}

/** So many actions, and where older ones begin. */
export async function readAuditPage(
  redis: RedisClient,
  filter: ActionFilter,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<{ actions: RecordedAction[]; next: string | undefined }> {
  const actions: RecordedAction[] = [];
  for await (const action of readActions(redis, filter, { before })) {
    if (actions.length === limit) return { actions, next: actions.at(-1)?.id };
    actions.push(action);
  }
  return { actions, next: undefined };
}

async function* lines(redis: RedisClient, filter: ActionFilter): AsyncGenerator<string> {
  for await (const { atMs, ...action } of readActions(redis, filter)) {
    yield `${JSON.stringify({ at: new Date(atMs).toISOString(), ...action })}\n`;
  }
}
