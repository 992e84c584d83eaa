import {
  type Erasure,
  liftErasure,
  listErasures,
  type Receipt,
  readErasure,
  readReceipt,
} from "@customerio-router/connections";
import type { FastifyInstance, FastifyReply } from "fastify";
import { askForErasure } from "../erasure/ask-for-erasure.ts";
import type { ApiContext } from "./api-context.ts";
import { erasure, newErasure } from "./erasure-schemas.ts";
import { problem } from "./schema-parts.ts";

type Path = { Params: { id: string } };
type NewErasure = { person: string; connection: string; suppress?: boolean };

const tags = ["Erasures"];
const path = { type: "object", properties: { id: { type: "string" } } } as const;

/** `/api/erasures`: for operators alone. */
export function erasureApi(app: FastifyInstance, context: ApiContext): void {
  const { redis, store } = context;
  const receiptOf = (found: Erasure): Promise<Receipt> => readReceipt({ redis, store }, found);

  app.post<{ Body: NewErasure }>(
    "/erasures",
    {
      schema: {
        tags,
        summary: "Erase a person; the reply is the receipt so far",
        body: newErasure,
        response: { 202: erasure, 422: problem },
      },
    },
    async (request, reply) => {
      const asked = await askForErasure(context, { suppress: false, ...request.body });
      if ("problem" in asked)
        return reply.code(422).send({ error: "Not erased.", problems: [asked.problem] });
      return reply.code(202).send(await receiptOf(asked));
    },
  );

  app.get(
    "/erasures",
    { schema: { tags, summary: "List the receipts of all erasures, newest first" } },
    async (request, reply) => {
      if (!request.viewer.canWrite) return refuseViewer(reply);
      return { erasures: await Promise.all((await listErasures(redis)).map(receiptOf)) };
    },
  );

  app.get<Path>(
    "/erasures/:id",
    {
      schema: {
        tags,
        summary: "Show the receipt of an erasure",
        params: path,
        response: { 200: erasure, 404: problem },
      },
    },
    async (request, reply) => {
      if (!request.viewer.canWrite) return refuseViewer(reply);
      const found = await readErasure(redis, request.params.id);
      return found === undefined ? refuseUnknown(reply) : await receiptOf(found);
    },
  );

  app.post<Path>(
    "/erasures/:id/lift",
    {
      schema: {
        tags,
        summary: "Take calls of the person again; what was removed stays removed",
        params: path,
        response: { 200: erasure, 404: problem },
      },
    },
    async (request, reply) => {
      await liftErasure(redis, request.params.id);
      const found = await readErasure(redis, request.params.id);
      return found === undefined ? refuseUnknown(reply) : await receiptOf(found);
    },
  );
}

function refuseUnknown(reply: FastifyReply) {
  return reply.code(404).send({ error: "There is no such erasure." });
}

function refuseViewer(reply: FastifyReply) {
  return reply.code(403).send({ error: "Receipts are for operators." });
}
