import { readHistory } from "@customerio-router/alerts";
import type { FastifyInstance } from "fastify";
import type { AlertsContext } from "../../alerts/alerts-context.ts";
import { readFiring } from "../../alerts/read-firing.ts";
import { problem } from "../schema-parts.ts";
import { history, newPause, overview, pause, settings, alertTags as tags } from "./alert-schemas.ts";
import { viewFiring, viewNotice, viewPause } from "./alert-views.ts";
import { channelRoutes } from "./channel-routes.ts";
import { notSaved } from "./not-saved.ts";
import { silenceRoutes } from "./silence-routes.ts";

/** `/api/alerts` */
export function alertApi(app: FastifyInstance, context: AlertsContext): void {
  const { redis, alerts } = context;

  app.get(
    "/alerts",
    { schema: { tags, summary: "What fires at the moment", response: { 200: overview } } },
    async () => {
      const stored = await alerts.read();
      const isPaused = stored.pause !== undefined && stored.pause.untilMs > Date.now();
      return {
        watching: stored.channels.length > 0,
        firing: (await readFiring(redis, stored)).map(viewFiring),
        ...(stored.pause && isPaused && { pause: viewPause(stored.pause) }),
      };
    },
  );

  app.get(
    "/alerts/history",
    { schema: { tags, summary: "The last 100 notices, newest first", response: { 200: history } } },
    async () => {
      const [{ settings }, notices] = await Promise.all([alerts.read(), readHistory(redis)]);
      return { history: notices.map((notice) => viewNotice(notice, settings.dashboardUrl)) };
    },
  );

  app.get(
    "/alerts/settings",
    { schema: { tags, summary: "The thresholds", response: { 200: settings } } },
    async () => (await alerts.read()).settings,
  );

  app.put(
    "/alerts/settings",
    {
      schema: {
        tags,
        summary: "Replace the thresholds",
        body: settings,
        response: { 200: settings, 422: problem },
      },
    },
    async (request, reply) => {
      const saved = await alerts.saveSettings(request.body);
      return saved.ok ? saved.value : notSaved(reply, saved.problems);
    },
  );

  app.get(
    "/alerts/pause",
    { schema: { tags, summary: "The maintenance pause", response: { 200: pause, 404: problem } } },
    async (_request, reply) => {
      const { pause } = await alerts.read();
      if (pause === undefined || pause.untilMs <= Date.now()) {
        return reply.code(404).send({ error: "The alerts are not paused." });
      }
      return viewPause(pause);
    },
  );

  app.put(
    "/alerts/pause",
    {
      schema: {
        tags,
        summary: "Tell nothing until a time",
        body: newPause,
        response: { 200: pause, 422: problem },
      },
    },
    async (request, reply) => {
      const saved = await alerts.savePause(request.body);
      if (!saved.ok) return notSaved(reply, saved.problems);
      request.log.info({ action: "pause alerts" }, "changed through the API");
      return viewPause(saved.value);
    },
  );

  app.delete(
    "/alerts/pause",
    { schema: { tags, summary: "End the maintenance pause", response: { 204: { type: "null" } } } },
    async (_request, reply) => {
      await alerts.endPause();
      return reply.code(204).send(null);
    },
  );

  channelRoutes(app, context);
  silenceRoutes(app, context);
}
