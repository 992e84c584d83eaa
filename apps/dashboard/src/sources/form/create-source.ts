import type { FastifyInstance } from "fastify";
import type { ConnectionsContext } from "../../connections/connections-context.ts";
import { problemsByField } from "../../page/fields/problems-by-field.ts";
import { sendPage } from "../../page/send-page.ts";
import { textFields } from "../../page/text-fields.ts";
import { formPage } from "./form-page.ts";
import { readSourceForm } from "./source-form.ts";

/** `GET /sources/new`, `POST /sources` */
export function createSource(app: FastifyInstance, { sources, store }: ConnectionsContext): void {
  app.get("/sources/new", async ({ viewer }, reply) => {
    const connections = await store.list();
    return sendPage(reply, formPage({ source: undefined, values: {}, problems: {}, connections, viewer }));
  });

  app.post("/sources", async (request, reply) => {
    const values = textFields(request.body);
    const saved = await sources.create(readSourceForm(values));
    if (saved.ok) {
      request.log.info({ source: saved.source.id, action: "create" }, "changed in the dashboard");
      return reply.redirect(`/sources/${saved.source.id}`, 303);
    }
    const problems = problemsByField(saved.problems);
    const connections = await store.list();
    const { viewer } = request;
    return sendPage(reply, formPage({ source: undefined, values, problems, connections, viewer }), 422);
  });
}
