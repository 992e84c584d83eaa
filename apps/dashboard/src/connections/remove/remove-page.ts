import type { ConnectionOverview } from "@customerio-router/connections";
import { duration } from "@customerio-router/service";
import type { Viewer } from "../../login/viewer.ts";
import { type Html, html } from "../../page/html.ts";
import { layout } from "../../page/layout.ts";

/** Asks before a connection is deleted, and says what is deleted with it. */
export function removePage({ overview, viewer }: { overview: ConnectionOverview; viewer: Viewer }): Html {
  const { connection, waiting, failed, oldestWaitingAt } = overview;
  const title = `Delete ${connection.name}?`;
  const content = html`<h1>${title}</h1>
    <section class="card">
      <p>Calls with its write key are refused from then on. You cannot undo this.</p>
      ${waiting + failed === 0 ? html`<p>It has no waiting and no failed messages.</p>` : lost(waiting, failed)}
      ${oldestWaitingAt === undefined ? "" : html`<p>The oldest has waited for ${duration(Date.now() - oldestWaitingAt)}.</p>`}
      <form method="post" action="/connections/${connection.id}/remove" class="actions">
        <button class="danger">Delete the connection${waiting + failed === 0 ? "" : " and its jobs"}</button>
        <a href="/connections/${connection.id}">Cancel</a>
      </form>
    </section>`;
  return layout({ title, content, section: "connections", viewer });
}

function lost(waiting: number, failed: number): Html {
  return html`<p class="problem">This also deletes ${jobs(waiting)} that wait and ${jobs(failed)} that failed, of 1 to 100 messages each. They will never be delivered.</p>`;
}

function jobs(count: number): string {
  return count === 1 ? "1 job" : `${count} jobs`;
}
