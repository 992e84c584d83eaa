import { readHistory, testChannel } from "@customerio-router/alerts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sendPage } from "../page/send-page.ts";
import { textFields } from "../page/text-fields.ts";
import type { AlertsContext } from "./alerts-context.ts";
import { alertsPage, type Told } from "./alerts-page.ts";
import { channelRoutes } from "./channels/channel-routes.ts";
import { readFiring } from "./read-firing.ts";
import { readSettingsForm } from "./settings-form.ts";
import { readPauseForm, readSilenceForm } from "./silence-forms.ts";

/** `GET /alerts`, and what its forms change. */
export function alertRoutes(app: FastifyInstance, context: AlertsContext): void {
  const { redis, store, alerts } = context;

  async function show(request: FastifyRequest, reply: FastifyReply, told: Told = {}): Promise<FastifyReply> {
    const [stored, connections, history] = await Promise.all([
      alerts.read(),
      store.list(),
      readHistory(redis),
    ]);
    const firing = await readFiring(redis, stored);
    const { viewer } = request;
    const page = alertsPage({ stored, connections, history, firing, told, viewer });
    return sendPage(reply, page, told.problems === undefined ? 200 : 422);
  }

  app.get("/alerts", (request, reply) => show(request, reply));

  app.post("/alerts/settings", async (request, reply) => {
    const fields = textFields(request.body);
    const saved = await alerts.saveSettings(readSettingsForm(fields));
    if (!saved.ok) return show(request, reply, { problems: saved.problems, settings: fields });
    request.log.info({ action: "alert settings" }, "changed in the dashboard");
    return reply.redirect("/alerts", 303);
  });

  app.post("/alerts/silences", async (request, reply) => {
    const made = await alerts.createSilence(readSilenceForm(textFields(request.body)));
    if (!made.ok) return show(request, reply, { problems: made.problems });
    return reply.redirect("/alerts", 303);
  });

  app.post("/alerts/silences/end", async (request, reply) => {
    await alerts.removeSilence(textFields(request.body).id ?? "");
    return reply.redirect("/alerts", 303);
  });

  app.post("/alerts/pause", async (request, reply) => {
    const saved = await alerts.savePause(readPauseForm(textFields(request.body)));
    if (!saved.ok) return show(request, reply, { problems: saved.problems });
    request.log.info({ action: "pause alerts" }, "changed in the dashboard");
    return reply.redirect("/alerts", 303);
  });

  app.post("/alerts/pause/end", async (_request, reply) => {
    await alerts.endPause();
    return reply.redirect("/alerts", 303);
  });

  app.post("/alerts/channels/test", async (request, reply) => {
    const { id = "" } = textFields(request.body);
    const test = await testChannel(alerts, id);
    return show(request, reply, test && { test: { ...test, channelId: id } });
  });

  channelRoutes(app, { ...context, show });
}
