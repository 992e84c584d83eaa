import type { FastifyInstance } from "fastify";
import { answer } from "../answer.ts";
import { readBatch } from "../read-batch.ts";
import type { Receive } from "../receive.ts";

/** `POST /v1/batch`, by its short name too, and `POST /v1/import` for history: many calls a request. */
export function addBatchRoutes(app: FastifyInstance, { receive }: { receive: Receive }): void {
  for (const url of ["/v1/batch", "/v1/b", "/v1/import"]) {
    app.post(url, async (request, reply) => answer(reply, await receive(request, readBatch)));
  }
}
