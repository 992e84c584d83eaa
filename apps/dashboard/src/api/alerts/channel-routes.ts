import { testChannel } from "@customerio-router/alerts";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { AlertsContext } from "../../alerts/alerts-context.ts";
import { problem } from "../schema-parts.ts";
import { channel, channels, channelTest, idInPath, newChannel, alertTags as tags } from "./alert-schemas.ts";
import { notSaved } from "./not-saved.ts";

type Path = { Params: { id: string } };

/** `/api/alerts/channels` */
export function channelRoutes(app: FastifyInstance, { alerts }: AlertsContext): void {
  app.get(
    "/alerts/channels",
    { schema: { tags, summary: "List the channels, without secrets", response: { 200: channels } } },
    async () => ({ channels: (await alerts.read()).channels }),
  );

  app.post(
    "/alerts/channels",
    {
      schema: {
        tags,
        summary: "Create a channel; the first one turns the alerts on",
        body: newChannel,
        response: { 201: channel, 422: problem },
      },
    },
    async (request, reply) => {
      const created = await alerts.createChannel(request.body);
      if (!created.ok) return notSaved(reply, created.problems);
      request.log.info({ channel: created.value.id, action: "create" }, "changed through the API");
      return reply.code(201).send(created.value);
    },
  );

  app.get<Path>(
    "/alerts/channels/:id",
    {
      schema: { tags, summary: "One channel", params: idInPath, response: { 200: channel, 404: problem } },
    },
    async (request, reply) => {
      const { channels } = await alerts.read();
      return channels.find(({ id }) => id === request.params.id) ?? refuseUnknown(reply);
    },
  );

  app.patch<Path>(
    "/alerts/channels/:id",
    {
      schema: {
        tags,
        summary: "Change the given fields of a channel; null takes an optional one away",
        params: idInPath,
        body: newChannel,
        response: { 200: channel, 404: problem, 422: problem },
      },
    },
    async (request, reply) => {
      const saved = await alerts.updateChannel(request.params.id, request.body as object);
      if (saved === undefined) return refuseUnknown(reply);
      return saved.ok ? saved.value : notSaved(reply, saved.problems);
    },
  );

  app.delete<Path>(
    "/alerts/channels/:id",
    {
      schema: {
        tags,
        summary: "Delete a channel; without any, the alerts are off",
        params: idInPath,
        response: { 204: { type: "null" }, 404: problem },
      },
    },
    async (request, reply) => {
      if (!(await alerts.removeChannel(request.params.id))) return refuseUnknown(reply);
      request.log.info({ channel: request.params.id, action: "remove" }, "changed through the API");
      return reply.code(204).send(null);
    },
  );

  app.post<Path>(
    "/alerts/channels/:id/test",
    {
      schema: {
        tags,
        summary: "Send a test to a channel",
        params: idInPath,
        response: { 200: channelTest, 404: problem },
      },
    },
    async (request, reply) => (await testChannel(alerts, request.params.id)) ?? refuseUnknown(reply),
  );
}

function refuseUnknown(reply: FastifyReply): FastifyReply {
  return reply.code(404).send({ error: "There is no such channel." });
}
