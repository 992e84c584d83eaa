import type { ConnectionOverview } from "@customerio-router/connections";
import { duration } from "@customerio-router/service";
import type { Viewer } from "../../login/viewer.ts";
import { type Html, html } from "../../page/html.ts";
import { layout } from "../../page/layout.ts";

/** Asks before a connection is deleted, and says what is deleted with it. */
export function removePage({ overview, viewer }: { overview: ConnectionOverview; viewer: Viewer }): Html {
  const { connection, messagesWaiting: waiting, messagesFailed: failed, oldestWaitingAtMs } = overview;
  const title = `Delete the connection ${connection.name}?`;
  const content = html`<h1>${title}</h1>
    <p class="lead">The sources that feed it go on for their other connections; calls of a source of its own are refused from then on. You cannot undo this.</p>
    <section class="card">
      ${waiting + failed === 0 ? html`<p>It has no waiting and no failed messages.</p>` : lost(waiting, failed)}
      ${oldestWaitingAtMs === undefined ? "" : html`<p>The oldest has waited for ${duration(Date.now() - oldestWaitingAtMs)}.</p>`}
      <form method="post" action="/connections/${connection.id}/remove" class="actions">
        <button class="danger">Delete the connection${waiting + failed === 0 ? "" : " and its messages"}</button>
        <a href="/connections/${connection.id}">Cancel</a>
      </form>
    </section>`;
  return layout({ title, content, section: "connections", viewer });
}

function lost(waiting: number, failed: number): Html {
  return html`<p class="problem">This also deletes ${messages(waiting)} that wait and ${messages(failed)} that failed. They will never be delivered.</p>`;
}

function messages(count: number): string {
  return count === 1 ? "1 message" : `${count} messages`;
}
