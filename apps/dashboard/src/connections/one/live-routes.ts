import { goLive } from "@customerio-router/connections";
import type { FastifyInstance } from "fastify";
import { type Html, html } from "../../page/html.ts";
import { layout } from "../../page/layout.ts";
import { sendPage } from "../../page/send-page.ts";
import { textFields } from "../../page/text-fields.ts";
import type { ConnectionsContext } from "../connections-context.ts";
import { type ConnectionPath, findConnection } from "../find-connection.ts";

/** `POST /connections/:id/live` */
export function liveRoutes(app: FastifyInstance, context: ConnectionsContext): void {
  app.post<ConnectionPath>("/connections/:id/live", async (request, reply) => {
    const connection = await findConnection(context, request);
    if (!connection) return reply.callNotFound();
    const { id, name } = connection;
    const withHeld = textFields(request.body).withHeld === "on";
    const result = await goLive(context, id, { withHeld, startedBy: "the dashboard" });
    if (!result) return reply.callNotFound();
    if (!result.ok) {
      const content = html`<h1>${name} is not live</h1>
        ${result.problems.map(({ message }) => html`<p class="problem" role="alert">${message}</p>`)}
        <p><a href="/connections/${id}">Back to the connection</a></p>`;
      const { viewer } = request;
      return sendPage(reply, layout({ title: "Not live", content, section: "connections", viewer }), 422);
    }
    request.log.info({ connection: id, action: "go live", withHeld }, "changed in the dashboard");
    return reply.redirect(result.replay === undefined ? `/connections/${id}` : "/replay", 303);
  });
}

/** How a shadow connection goes live. */
export function liveForm(connectionId: string): Html {
  return html`<section class="card" aria-labelledby="live">
      <h2 id="live">Go live</h2>
      <p>From then on messages are sent to Customer.io.</p>
      <form method="post" action="/connections/${connectionId}/live">
        <p><label><input type="checkbox" name="withHeld"> Send also what the shadow took, beside live messages</label></p>
        <p class="actions"><button class="primary">Go live</button></p>
      </form>
    </section>`;
}
