import type { FastifyInstance } from "fastify";
import type { ConnectionsContext } from "../../connections/connections-context.ts";
import { problemPage } from "../../page/problem-page.ts";
import { sendPage } from "../../page/send-page.ts";
import { confirmPage } from "./confirm-page.ts";

type KeyPath = { Params: { id: string; keyId: string } };

/** `GET /sources/:id/write-keys/:keyId/retire` asks, `POST` does it. */
export function retireWriteKey(app: FastifyInstance, { sources }: ConnectionsContext): void {
  app.get<KeyPath>("/sources/:id/write-keys/:keyId/retire", async ({ params, viewer }, reply) => {
    const source = await sources.get(params.id);
    const writeKey = source?.writeKeys.find(({ id }) => id === params.keyId);
    if (!source || !writeKey) return reply.callNotFound();
    const page = confirmPage({
      title: `Retire a write key of ${source.name}?`,
      sentences: ["Calls with this key are refused from then on. You cannot undo this."],
      writeKeys: [writeKey],
      action: `/sources/${source.id}/write-keys/${writeKey.id}/retire`,
      button: "Retire the write key",
      sourceId: source.id,
      viewer,
    });
    return sendPage(reply, page);
  });

  app.post<KeyPath>("/sources/:id/write-keys/:keyId/retire", async (request, reply) => {
    const { id, keyId } = request.params;
    const saved = await sources.retireWriteKey(id, keyId);
    if (!saved) return reply.callNotFound();
    if (!saved.ok) {
      const message = saved.problems.map((problem) => problem.message).join(" ");
      return sendPage(reply, problemPage({ title: "Not retired", message, viewer: request.viewer }), 422);
    }
    request.log.info({ source: id, action: "retire write key" }, "changed in the dashboard");
    return reply.redirect(`/sources/${id}`, 303);
  });
}
