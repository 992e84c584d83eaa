import { type ConnectionProblem, saveConnection } from "@customerio-router/connections";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { problemsByField } from "../../page/fields/problems-by-field.ts";
import type { Html } from "../../page/html.ts";
import { sendPage } from "../../page/send-page.ts";
import { type TextFields, textFields } from "../../page/text-fields.ts";
import type { Privacy } from "../../privacy/privacy.ts";
import { previewConnectionRules } from "../../rules/preview-connection-rules.ts";
import { previewView } from "../../rules/preview-view.ts";
import type { ConnectionsContext } from "../connections-context.ts";
import { type ConnectionPath, findConnection } from "../find-connection.ts";
import { type ConnectionForm, formTexts, readChange, readConnectionForm } from "./connection-form.ts";
import { formPage } from "./form-page.ts";

type Saved = { ok: true } | { ok: false; problems: ConnectionProblem[] } | undefined;

/** `GET /connections/:id/edit`, `POST /connections/:id`: with `do=preview` a form changes nothing that is stored. */
export function editConnection(
  app: FastifyInstance,
  context: ConnectionsContext & { privacy: Privacy },
): void {
  const { allowCustomTrackUrl, privacy } = context;

  app.get<ConnectionPath>("/connections/:id/edit", async (request, reply) => {
    const connection = await findConnection(context, request);
    if (!connection) return reply.callNotFound();
    const sources = await context.sources.list();
    const page = formPage({
      id: connection.id,
      values: formTexts(connection, sources),
      problems: {},
      sources,
      viewer: request.viewer,
      allowCustomTrackUrl,
    });
    return sendPage(reply, page);
  });

  app.post<ConnectionPath>("/connections/:id", async (request, reply) => {
    const { id } = request.params;
    const fields = textFields(request.body);
    const form = readConnectionForm(fields);
    if (fields.do === "preview") return preview(request, reply, form);
    const result = await save(context, id, form);
    if (!result) return reply.callNotFound();
    if (result.ok) return reply.redirect(`/connections/${id}`, 303);
    return showAgain(request, reply, form, { problems: problemsByField(result.problems), status: 422 });
  });

  async function preview(
    request: FastifyRequest<ConnectionPath>,
    reply: FastifyReply,
    form: ConnectionForm,
  ): Promise<unknown> {
    const { id } = request.params;
    const [connection, rules] = await Promise.all([context.store.get(id), context.rules.read(id)]);
    if (!connection || !rules) return reply.callNotFound();
    const tried = { rules: rules.rules, settings: form.input.settings };
    const previewed = await previewConnectionRules(context, id, tried);
    if (!previewed) return reply.callNotFound();
    if (previewed.ok) {
      return showAgain(request, reply, form, {
        preview: previewView(previewed.preview, connection, privacy),
      });
    }
    return showAgain(request, reply, form, { problems: problemsByField(previewed.problems), status: 422 });
  }

  async function showAgain(
    { params: { id }, viewer }: FastifyRequest<ConnectionPath>,
    reply: FastifyReply,
    { texts: values, input }: ConnectionForm,
    { problems = {}, preview, status = 200 }: { problems?: TextFields; preview?: Html; status?: number },
  ): Promise<unknown> {
    const sources = await context.sources.list();
    const isKeyDropped = input.apiKey !== "";
    const page = { id, values, problems, sources, allowCustomTrackUrl, preview, isKeyDropped, viewer };
    return sendPage(reply, formPage(page), status);
  }
}

/** The connection first: whether a chosen source still is there has been looked up before. */
async function save(context: ConnectionsContext, id: string, form: ConnectionForm): Promise<Saved> {
  const { sources: chosen } = form;
  if (chosen === undefined) return saveConnection(context, id, readChange(form));
  const known = new Set((await context.sources.list()).map((source) => source.id));
  if (!chosen.every((source) => known.has(source))) return { ok: false, problems: [sourceGone] };
  const saved = await saveConnection(context, id, readChange(form));
  return saved?.ok ? context.sources.feed(id, chosen) : saved;
}

const sourceGone: ConnectionProblem = {
  field: "sources",
  message: "A source that you chose was deleted meanwhile: look at the choice again.",
};
