import type { Channel } from "@customerio-router/alerts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sendPage } from "../../page/send-page.ts";
import { textFields } from "../../page/text-fields.ts";
import type { AlertsContext } from "../alerts-context.ts";
import type { Told } from "../alerts-page.ts";
import { channelTexts, readChannelForm, readChannelPatch, readKind } from "./channel-form.ts";
import { channelFormPage } from "./channel-form-page.ts";

type Path = { Params: { id: string } };

type ChannelsContext = Pick<AlertsContext, "alerts"> & {
  /** The page of all alerts. */
  show(request: FastifyRequest, reply: FastifyReply, told?: Told): Promise<FastifyReply>;
};

/** The forms of channels: `GET /alerts/channels/new`, `GET /alerts/channels/:id`, and what they change. */
export function channelRoutes(app: FastifyInstance, { alerts, show }: ChannelsContext): void {
  const find = async (id: string): Promise<Channel | undefined> =>
    (await alerts.read()).channels.find((channel) => channel.id === id);

  app.get("/alerts/channels/new", ({ viewer, query }, reply) => {
    const kind = readKind(textFields(query).kind);
    return sendPage(reply, channelFormPage({ id: undefined, kind, values: {}, problems: [], viewer }));
  });

  app.post("/alerts/channels", async (request, reply) => {
    const values = textFields(request.body);
    const kind = readKind(values.kind);
    const created = await alerts.createChannel(readChannelForm(kind, values));
    const { viewer } = request;
    if (!created.ok) {
      const { problems } = created;
      return sendPage(reply, channelFormPage({ id: undefined, kind, values, problems, viewer }), 422);
    }
    const { id, name, secret } = created.value;
    request.log.info({ channel: id, action: "create" }, "changed in the dashboard");
    return secret === undefined || values.secret
      ? reply.redirect("/alerts", 303)
      : show(request, reply, { secret: { name, secret } });
  });

  app.get<Path>("/alerts/channels/:id", async ({ params, viewer }, reply) => {
    const channel = await find(params.id);
    if (!channel) return reply.callNotFound();
    const { id, kind } = channel;
    return sendPage(
      reply,
      channelFormPage({ id, kind, values: channelTexts(channel), problems: [], viewer }),
    );
  });

  app.post<Path>("/alerts/channels/:id", async (request, reply) => {
    const channel = await find(request.params.id);
    if (!channel) return reply.callNotFound();
    const { id, kind } = channel;
    const values = textFields(request.body);
    const saved = await alerts.updateChannel(id, readChannelPatch(kind, values));
    if (!saved) return reply.callNotFound();
    const { viewer } = request;
    if (!saved.ok) {
      return sendPage(reply, channelFormPage({ id, kind, values, problems: saved.problems, viewer }), 422);
    }
    request.log.info({ channel: id, action: "change" }, "changed in the dashboard");
    return reply.redirect("/alerts", 303);
  });

  app.post<Path>("/alerts/channels/:id/remove", async (request, reply) => {
    const { id } = request.params;
    if (await alerts.removeChannel(id)) {
      request.log.info({ channel: id, action: "remove" }, "changed in the dashboard");
    }
    return reply.redirect("/alerts", 303);
  });
}
