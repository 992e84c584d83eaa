import type { FastifyInstance, FastifyReply } from "fastify";
import type { AlertsContext } from "../../alerts/alerts-context.ts";
import { problem } from "../schema-parts.ts";
import { idInPath, newSilence, silence, silences, alertTags as tags } from "./alert-schemas.ts";
import { viewSilence } from "./alert-views.ts";
import { notSaved } from "./not-saved.ts";

type Path = { Params: { id: string } };

/** `/api/alerts/silences` */
export function silenceRoutes(app: FastifyInstance, { alerts }: AlertsContext): void {
  const find = async () => (await alerts.read()).silences.filter(({ untilMs }) => untilMs > Date.now());

  app.get(
    "/alerts/silences",
    { schema: { tags, summary: "List the silences that are not over", response: { 200: silences } } },
    async () => ({ silences: (await find()).map(viewSilence) }),
  );

  app.post(
    "/alerts/silences",
    {
      schema: {
        tags,
        summary: "Do not tell of a condition, a connection, or one condition of one connection until a time",
        body: newSilence,
        response: { 201: silence, 422: problem },
      },
    },
    async (request, reply) => {
      const made = await alerts.createSilence(request.body);
      if (!made.ok) return notSaved(reply, made.problems);
      return reply.code(201).send(viewSilence(made.value));
    },
  );

  app.get<Path>(
    "/alerts/silences/:id",
    {
      schema: { tags, summary: "One silence", params: idInPath, response: { 200: silence, 404: problem } },
    },
    async (request, reply) => {
      const found = (await find()).find(({ id }) => id === request.params.id);
      return found ? viewSilence(found) : refuseUnknown(reply);
    },
  );

  app.patch<Path>(
    "/alerts/silences/:id",
    {
      schema: {
        tags,
        summary: "Change the given fields of a silence",
        params: idInPath,
        body: newSilence,
        response: { 200: silence, 404: problem, 422: problem },
      },
    },
    async (request, reply) => {
      const saved = await alerts.updateSilence(request.params.id, request.body as object);
      if (saved === undefined) return refuseUnknown(reply);
      return saved.ok ? viewSilence(saved.value) : notSaved(reply, saved.problems);
    },
  );

  app.delete<Path>(
    "/alerts/silences/:id",
    {
      schema: {
        tags,
        summary: "End a silence",
        params: idInPath,
        response: { 204: { type: "null" }, 404: problem },
      },
    },
    async (request, reply) => {
      if (!(await alerts.removeSilence(request.params.id))) return refuseUnknown(reply);
      return reply.code(204).send(null);
    },
  );
}

function refuseUnknown(reply: FastifyReply): FastifyReply {
  return reply.code(404).send({ error: "There is no such silence." });
}
