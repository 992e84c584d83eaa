import type { Entry } from "@customerio-router/messages";
import type { FastifyInstance } from "fastify";
import { readBatch } from "../receive/read-batch.ts";
import type { Receive } from "../receive/receive.ts";
import { batchBody, batchReplies, importReplies } from "./api/schemas.ts";
import { sendReply } from "./send-reply.ts";

/** By path; the others are other names of the first. */
const summaries: { readonly [path: string]: string } = {
  "/v1/batch": "Several calls, each with its type",
  "/v1/import": "Several calls of the past: `sentAt` does not correct their times",
};

/**
 * Many calls per request: `POST /v1/batch`, also by its short name and the one for beacons; and `POST /v1/import` for
 * history, where `sentAt` says nothing about the client's clock, and the reply says how many messages were known.
 */
export function addBatchRoutes(app: FastifyInstance, { receive }: { receive: Receive }): void {
  for (const url of ["/v1/batch", "/v1/b", "/beacon/v1/batch", "/v1/import"]) {
    const isHistory = url === "/v1/import";
    const summary = summaries[url];
    const response = isHistory ? importReplies : batchReplies;
    const schema = summary ? { tags: ["batches"], summary, body: batchBody(), response } : {};
    app.post(url, { schema }, async (request, reply) => {
      let rejected: RejectedMessage[] = [];
      const received = await receive(request, (body, receipt) => {
        const entries = readBatch(body, receipt, { isHistory });
        if (Array.isArray(entries)) rejected = listRejected(entries);
        return entries;
      });
      return sendReply(reply, received, {
        ...(isHistory && received),
        ...(rejected.length > 0 && { rejected }),
      });
    });
  }
}

/** Which message of a batch was kept as rejected, and why. */
type RejectedMessage = { index: number; reason: string; field?: string };

function listRejected(entries: readonly Entry[]): RejectedMessage[] {
  return entries.flatMap(({ rejected }, index) => {
    if (rejected === undefined) return [];
    const { reason, field } = rejected;
    return [{ index, reason, ...(field && { field }) }];
  });
}
