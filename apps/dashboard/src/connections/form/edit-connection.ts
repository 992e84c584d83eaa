import { type ConnectionProblem, saveConnection } from "@customerio-router/connections";
import type { FastifyInstance } from "fastify";
import { problemsByField } from "../../page/fields/problems-by-field.ts";
import { sendPage } from "../../page/send-page.ts";
import { textFields } from "../../page/text-fields.ts";
import type { ConnectionsContext } from "../connections-context.ts";
import { type ConnectionPath, findConnection } from "../find-connection.ts";
import { formTexts, readChange, readConnectionForm } from "./connection-form.ts";
import { formPage } from "./form-page.ts";

type Saved = { ok: true } | { ok: false; problems: ConnectionProblem[] } | undefined;

/** `GET /connections/:id/edit`, `POST /connections/:id` */
export function editConnection(app: FastifyInstance, context: ConnectionsContext): void {
  const { allowCustomTrackUrl } = context;

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
    const form = readConnectionForm(textFields(request.body));
    const result = await save(context, id, form);
    if (!result) return reply.callNotFound();
    if (result.ok) return reply.redirect(`/connections/${id}`, 303);
    const problems = problemsByField(result.problems);
    const sources = await context.sources.list();
    const { viewer } = request;
    const page = formPage({ id, values: form.texts, problems, sources, allowCustomTrackUrl, viewer });
    return sendPage(reply, page, 422);
  });
}

/** The connection first: whether a chosen source still is there has been looked up before. */
async function save(
  context: ConnectionsContext,
  id: string,
  form: ReturnType<typeof readConnectionForm>,
): Promise<Saved> {
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
