import type { FastifyInstance } from "fastify";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import { sendPage } from "../page/send-page.ts";
import { timeMark } from "../page/time-mark.ts";
import type { Sessions } from "./session.ts";
import type { ListedSession } from "./session-list.ts";
import type { Viewer } from "./viewer.ts";

/** `GET /sessions`, `POST /sessions/:id/end`: who is logged in. */
export function sessionRoutes(app: FastifyInstance, sessions: Sessions): void {
  app.get("/sessions", async ({ viewer }, reply) =>
    sendPage(reply, sessionsPage({ listed: await sessions.list(), viewer })),
  );

  app.post<{ Params: { id: string } }>("/sessions/:id/end", async (request, reply) => {
    const session = (await sessions.list()).find(({ id }) => id === request.params.id);
    if (!session) return reply.callNotFound();
    await sessions.end(session);
    request.auditDetails.user = session.user;
    return reply.redirect("/sessions", 303);
  });
}

function sessionsPage({ listed, viewer }: { listed: ListedSession[]; viewer: Viewer }): Html {
  const content = html`<h1>Sessions</h1>
    <p class="lead">Who is logged in to this dashboard. A session ends when its user logs out, after twelve hours, or here.</p>
    ${
      listed.length === 0
        ? html`<section class="card empty"><h2>No sessions</h2><p>Nobody has logged in in the last twelve hours.</p></section>`
        : html`<table class="card rows stack">
      <thead><tr><th scope="col">User</th><th scope="col">Role</th><th scope="col">Address</th><th scope="col">Since</th><th scope="col">Until</th>${viewer.canWrite ? html`<th scope="col">Action</th>` : ""}</tr></thead>
      <tbody>${listed.map(
        ({ id, user, role, from, startedAtMs, untilMs }) => html`<tr>
        <th scope="row">${user}</th>
        <td data-label="Role">${role}</td>
        <td data-label="Address">${from}</td>
        <td class="when" data-label="Since">${timeMark(startedAtMs, "full")}</td>
        <td class="when" data-label="Until">${timeMark(untilMs, "full")}</td>
        ${viewer.canWrite ? html`<td><form method="post" action="/sessions/${id}/end"><button class="danger">End<span class="unseen"> the session of ${user}</span></button></form></td>` : ""}
      </tr>`,
      )}</tbody>
    </table>`
    }`;
  return layout({ title: "Sessions", content, section: "audit", viewer });
}
