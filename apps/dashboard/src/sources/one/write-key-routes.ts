import type { FastifyInstance } from "fastify";
import type { ConnectionsContext } from "../../connections/connections-context.ts";
import { sendPage } from "../../page/send-page.ts";
import { textFields } from "../../page/text-fields.ts";
import type { SourcePath } from "../source-path.ts";
import { readSourcePage } from "./read-source-page.ts";
import { sourcePage } from "./source-page.ts";

/** `POST /sources/:id/write-keys` adds one: the given one, or one made from random bytes. */
export function writeKeyRoutes(app: FastifyInstance, context: ConnectionsContext): void {
  app.post<SourcePath>("/sources/:id/write-keys", async (request, reply) => {
    const { id } = request.params;
    const key = textFields(request.body).key?.trim() ?? "";
    const saved = await context.sources.addWriteKey(id, key || undefined);
    if (saved?.ok) {
      request.log.info({ source: id, action: "add write key" }, "changed in the dashboard");
      return reply.redirect(`/sources/${id}`, 303);
    }
    const page = await readSourcePage(context, request);
    if (!saved || !page) return reply.callNotFound();
    const problem = saved.problems.map(({ message }) => message).join(" ");
    return sendPage(reply, sourcePage({ ...page, refused: { key, problem } }), 422);
  });
}
