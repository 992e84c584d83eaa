import type { FastifyInstance } from "fastify";
import type { ConnectionsContext } from "../../connections/connections-context.ts";
import { problemsByField } from "../../page/fields/problems-by-field.ts";
import { sendPage } from "../../page/send-page.ts";
import { textFields } from "../../page/text-fields.ts";
import type { SourcePath } from "../source-path.ts";
import { formPage } from "./form-page.ts";
import { readSourceForm, sourceTexts } from "./source-form.ts";

/** `GET /sources/:id/edit`, `POST /sources/:id` */
export function editSource(app: FastifyInstance, { sources, store }: ConnectionsContext): void {
  app.get<SourcePath>("/sources/:id/edit", async ({ params, viewer }, reply) => {
    const source = await sources.get(params.id);
    if (!source) return reply.callNotFound();
    const connections = await store.list();
    return sendPage(
      reply,
      formPage({ source, values: sourceTexts(source), problems: {}, connections, viewer }),
    );
  });

  app.post<SourcePath>("/sources/:id", async (request, reply) => {
    const source = await sources.get(request.params.id);
    if (!source) return reply.callNotFound();
    const values = textFields(request.body);
    const connections = await store.list();
    const input = readSourceForm(values);
    // A connection that cannot be read is not in the form: it stays fed.
    const unread = source.connections.filter((id) => !connections.some((one) => one.id === id));
    const saved = await sources.update(source.id, {
      ...input,
      connections: [...unread, ...(input.connections ?? [])],
    });
    if (!saved) return reply.callNotFound();
    if (saved.ok) {
      request.log.info({ source: source.id, action: "change" }, "changed in the dashboard");
      return reply.redirect(`/sources/${source.id}`, 303);
    }
    const problems = problemsByField(saved.problems);
    const { viewer } = request;
    return sendPage(reply, formPage({ source, values, problems, connections, viewer }), 422);
  });
}
