import type { FastifyInstance } from "fastify";
import { readAuditPage } from "../audit/audit-routes.ts";
import { readAuditQuery, readBefore } from "../audit/read-query.ts";
import { textFields } from "../page/text-fields.ts";
import type { ApiContext } from "./api-context.ts";
import { auditedActions, auditQuery } from "./audit-schemas.ts";
import { isoTime } from "./iso-time.ts";
import { problem } from "./schema-parts.ts";

/** `GET /api/audit` */
export function auditApi(app: FastifyInstance, { redis }: ApiContext): void {
  app.get<{ Querystring: { limit: number } }>(
    "/audit",
    {
      schema: {
        tags: ["audit"],
        summary: "Who did what",
        querystring: auditQuery,
        response: { 200: auditedActions, 400: problem },
      },
    },
    async ({ query }) => {
      const fields = textFields(query);
      const options = { before: readBefore(fields), limit: query.limit };
      const { actions, next } = await readAuditPage(redis, readAuditQuery(fields), options);
      return {
        actions: actions.map(({ atMs, ...action }) => ({ at: isoTime(atMs), ...action })),
        ...(next !== undefined && { next }),
      };
    },
  );
}
