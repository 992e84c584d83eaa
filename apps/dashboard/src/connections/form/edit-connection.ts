import { saveConnection } from "@customerio-router/connections";
import type { FastifyInstance } from "fastify";
import { problemsByField } from "../../page/fields/problems-by-field.ts";
import { sendPage } from "../../page/send-page.ts";
import { textFields } from "../../page/text-fields.ts";
import type { ConnectionsContext } from "../connections-context.ts";
import { type ConnectionPath, findConnection } from "../find-connection.ts";
import { formTexts, readChange, readConnectionForm } from "./connection-form.ts";
import { formPage } from "./form-page.ts";

/** `GET /connections/:id/edit`, `POST /connections/:id` */
export function editConnection(app: FastifyInstance, context: ConnectionsContext): void {
  const { allowCustomTrackUrl } = context;

  app.get<ConnectionPath>("/connections/:id/edit", async (request, reply) => {
    const connection = await findConnection(context, request);
    if (!connection) return reply.callNotFound();
    const page = formPage({
      id: connection.id,
      values: formTexts(connection),
      problems: {},
      viewer: request.viewer,
      allowCustomTrackUrl,
    });
    return sendPage(reply, page);
  });

  app.post<ConnectionPath>("/connections/:id", async (request, reply) => {
    const { id } = request.params;
    const form = readConnectionForm(textFields(request.body));
    const result = await saveConnection(context, id, readChange(form));
    if (!result) return reply.callNotFound();
    if (result.ok) return reply.redirect(`/connections/${id}`, 303);
    const problems = problemsByField(result.problems);
    const { viewer } = request;
    const page = formPage({ id, values: form.texts, problems, allowCustomTrackUrl, viewer });
    return sendPage(reply, page, 422);
  });
}
