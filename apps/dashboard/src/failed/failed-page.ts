import type { Connection } from "@customerio-router/connections";
import type { Viewer } from "../login/viewer.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import { selectField } from "../page/select-field.ts";
import { timeMark } from "../page/time-mark.ts";
import { withCode } from "../page/with-code.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { boardPath } from "../queues/connection-queue-adapter.ts";
import type { FailedGroup } from "./failed-messages.ts";
import type { Overtaken } from "./overtaken.ts";
import { overtakenAmong, overtakenNote } from "./overtaken-note.ts";
import { retryForm } from "./retry-form.ts";

/** The failed messages of one connection. */
export type FailedOf = {
  connection: Connection;
  groups: FailedGroup[];
  /** All failed jobs. */
  jobs: number;
  /** How many of them, the newest, are grouped at the most. */
  groupedJobs: number;
  overtaken: Overtaken;
};

type FailedPage = {
  failed: FailedOf[];
  connections: Connection[];
  /** The id of the connection that is asked for; empty: all. */
  chosen: string;
  /** How many jobs were just retried. */
  retried: string | undefined;
  privacy: Privacy;
  viewer: Viewer;
};

/** Rejected messages, grouped by reason. */
export function failedPage({ failed, connections, chosen, retried, privacy, viewer }: FailedPage): Html {
  const shown = failed.filter(({ jobs }) => jobs > 0);
  const content = html`<h1>Failed</h1>
    <p class="lead">Messages that were rejected. Correct the cause, then retry: a retried job goes to the end of its queue and sends only
      its failed messages.</p>
    ${retried === undefined ? "" : html`<p class="done" role="status">${retriedText(retried)}</p>`}
    ${connections.length > 1 ? filterForm(connections, chosen) : ""}
    ${shown.length === 0 ? nothing() : shown.map((of) => failedOf(of, privacy, viewer))}`;
  return layout({ title: "Failed", content, section: "failed", viewer });
}

function retriedText(retried: string): string {
  const count = Number.parseInt(retried, 10) || 0;
  if (count === 0) return "Nothing to retry: the jobs have been retried or removed.";
  return count === 1 ? "Retrying 1 job." : `Retrying ${count} jobs.`;
}

function filterForm(connections: Connection[], chosen: string): Html {
  return html`<form class="card filters" method="get" action="/failed">
      ${selectField({
        name: "connection",
        label: "Connection",
        value: chosen,
        choices: [["", "All"], ...connections.map(({ id, name }): [string, string] => [id, name])],
      })}
      <p class="actions"><button>Show</button></p>
    </form>`;
}

function failedOf(
  { connection, groups, jobs, groupedJobs, overtaken }: FailedOf,
  privacy: Privacy,
  viewer: Viewer,
): Html {
  const { id, name } = connection;
  return html`<section class="card" aria-labelledby="failed-${id}">
      <div class="heading">
        <h2 id="failed-${id}">${name}</h2>
        <div class="actions">
          <a href="${boardPath(connection)}?status=failed">In Bull Board</a>
          <a class="button" href="/failed/export?connection=${id}" download>Export</a>
          ${retryForm({ fields: { connection: id }, label: "Retry all", overtaken, viewer })}
        </div>
      </div>
      ${jobs > groupedJobs ? html`<p class="hint">This table groups the newest ${groupedJobs} of ${jobs} failed jobs. Retry all and Export include all of them.</p>` : ""}
      ${overtakenNote(overtaken)}
      <table class="rows groups stack">
        <thead><tr><th scope="col">Reason</th><th scope="col" class="number">Messages</th><th scope="col">Last</th><th scope="col"><span class="unseen">Actions</span></th></tr></thead>
        <tbody>${groups.map((group) => groupRow(id, group, overtakenAmong(overtaken, group.jobIds), privacy, viewer))}</tbody>
      </table>
    </section>`;
}

function groupRow(
  connectionId: string,
  group: FailedGroup,
  overtaken: Overtaken,
  privacy: Privacy,
  viewer: Viewer,
): Html {
  const { key, rejection, messages, newestAtMs } = group;
  const query = new URLSearchParams({ connection: connectionId, group: key });
  return html`<tr>
          <th scope="row"><a href="/failed/group?${query}">${withCode(privacy.maskSentence(rejection.message))}</a>
            <span class="reason"><code>${rejection.reason}</code>${rejection.field === undefined ? "" : html` <code>${rejection.field}</code>`}</span></th>
          <td data-label="Messages" class="number">${messages}</td>
          <td data-label="Last" class="when">${timeMark(newestAtMs)}</td>
          <td><div class="actions">
            <a href="/failed/export?${query}" download>Export</a>
            ${retryForm({ fields: { connection: connectionId, group: key }, label: "Retry", overtaken, viewer })}
          </div></td>
        </tr>`;
}

function nothing(): Html {
  return html`<section class="card empty"><h2>Nothing failed</h2><p>Rejected messages are kept here with the reason, until you retry or remove them.</p></section>`;
}
