import { saveNewConnection } from "@customerio-router/connections";
import type { FastifyInstance } from "fastify";
import { problemsByField } from "../../page/fields/problems-by-field.ts";
import { sendPage } from "../../page/send-page.ts";
import { textFields } from "../../page/text-fields.ts";
import type { ConnectionsContext } from "../connections-context.ts";
import { readConnectionForm } from "./connection-form.ts";
import { formPage } from "./form-page.ts";

/** `GET /connections/new`, `POST /connections` */
export function createConnection(app: FastifyInstance, context: ConnectionsContext): void {
  const { allowCustomTrackUrl } = context;

  app.get("/connections/new", async ({ viewer }, reply) => {
    const sources = await context.sources.list();
    const form = { id: undefined, values: {}, problems: {}, sources, allowCustomTrackUrl, viewer };
    return sendPage(reply, formPage(form));
  });

  app.post("/connections", async (request, reply) => {
    const { input, texts: values, sources: chosen = [] } = readConnectionForm(textFields(request.body));
    const result = await saveNewConnection(context, {
      ...input,
      ...(chosen.length > 0 && { sources: chosen }),
    });
    if (result.ok) return reply.redirect(`/connections/${result.connection.id}/set-up`, 303);
    const problems = problemsByField(result.problems);
    const sources = await context.sources.list();
    const { viewer } = request;
    const isKeyDropped = input.apiKey !== "";
    const page = { id: undefined, values, problems, sources, allowCustomTrackUrl, isKeyDropped, viewer };
    return sendPage(reply, formPage(page), 422);
  });
}
