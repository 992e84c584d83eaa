import type { FastifyInstance } from "fastify";
import type { ConnectionsContext } from "../../connections/connections-context.ts";
import { sendPage } from "../../page/send-page.ts";
import type { SourcePath } from "../source-path.ts";
import { confirmPage } from "./confirm-page.ts";

/** `GET /sources/:id/remove` asks, `POST` does it. */
export function removeSource(app: FastifyInstance, { sources, store }: ConnectionsContext): void {
  app.get<SourcePath>("/sources/:id/remove", async ({ params, viewer }, reply) => {
    const source = await sources.get(params.id);
    if (!source) return reply.callNotFound();
    const names = (await store.list()).flatMap(({ id, name }) =>
      source.connections.includes(id) ? name : [],
    );
    const page = confirmPage({
      title: `Delete the source ${source.name}?`,
      sentences: [
        "Calls with its write keys are refused from then on. You cannot undo this.",
        names.length === 0
          ? "It feeds no connection."
          : `It feeds ${new Intl.ListFormat("en").format(names)}. What was received is delivered.`,
      ],
      writeKeys: source.writeKeys,
      action: `/sources/${source.id}/remove`,
      button: "Delete the source",
      sourceId: source.id,
      viewer,
    });
    return sendPage(reply, page);
  });

  app.post<SourcePath>("/sources/:id/remove", async (request, reply) => {
    const { id } = request.params;
    if (!(await sources.remove(id))) return reply.callNotFound();
    request.log.info({ source: id, action: "remove" }, "changed in the dashboard");
    return reply.redirect("/sources", 303);
  });
}
