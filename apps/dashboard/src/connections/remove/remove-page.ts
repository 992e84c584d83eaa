import type { Viewer } from "../../login/viewer.ts";
import { duration } from "../../page/duration.ts";
import { type Html, html } from "../../page/html.ts";
import { layout } from "../../page/layout.ts";
import type { ConnectionOverview } from "../list/connection-overview.ts";

/** Asks before a connection goes, and says what goes with it. */
export function removePage({ overview, viewer }: { overview: ConnectionOverview; viewer: Viewer }): Html {
  const { connection, waiting, failed, oldestWaitingAt } = overview;
  const title = `Delete ${connection.name}?`;
  const content = html`<h1>${title}</h1>
    <section class="card">
      <p>Senders with its write key are refused from then on. This cannot be undone.</p>
      ${waiting + failed === 0 ? html`<p>Nothing waits to be delivered, and nothing failed.</p>` : lost(waiting, failed)}
      ${oldestWaitingAt === undefined ? "" : html`<p>The oldest has waited for ${duration(Date.now() - oldestWaitingAt)}.</p>`}
      <form method="post" action="/connections/${connection.id}/remove" class="actions">
        <button class="danger">Delete the connection${waiting + failed === 0 ? "" : " and its jobs"}</button>
        <a href="/connections/${connection.id}">Keep it</a>
      </form>
    </section>`;
  return layout({ title, content, section: "connections", viewer });
}

function lost(waiting: number, failed: number): Html {
  return html`<p class="problem">Deleted with it, and never delivered: ${jobs(waiting)} that wait, ${jobs(failed)} that failed. Each holds 1 to 100 messages.</p>`;
}

function jobs(count: number): string {
  return count === 1 ? "1 job" : `${count} jobs`;
}
