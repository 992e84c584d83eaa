import type { Viewer } from "../login/viewer.ts";
import { titleOf } from "../messages/find/known-message.ts";
import { messagePath, messageTitle } from "../messages/message-row.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import { timeMark } from "../page/time-mark.ts";
import { withCode } from "../page/with-code.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { jobPath } from "../queues/connection-queue-adapter.ts";
import type { FailedMessage } from "./failed-messages.ts";
import type { Overtaken } from "./overtaken.ts";
import { overtakenNote } from "./overtaken-note.ts";
import { retryForm } from "./retry-form.ts";

type GroupPage = {
  /** The newest of the group. */
  messages: [FailedMessage, ...FailedMessage[]];
  group: string;
  overtaken: Overtaken;
  privacy: Privacy;
  viewer: Viewer;
};

/** The messages that failed for one reason. */
export function groupPage({ messages, group, overtaken, privacy, viewer }: GroupPage): Html {
  const [{ connection, rejection }] = messages;
  const { id, name } = connection;
  const title = privacy.maskSentence(rejection.message);
  const query = new URLSearchParams({ connection: id, group });
  const content = html`<p class="crumbs"><a href="/failed?connection=${id}">Failed in ${name}</a></p>
    <div class="heading">
      <h1 class="sentence">${withCode(title)}</h1>
      <div class="actions">
        <a class="button" href="/failed/export?${query}" download>Export</a>
        ${retryForm({ fields: { connection: id, group }, label: "Retry these", overtaken, viewer })}
      </div>
    </div>
    <p class="hint">Retrying a job sends all of its failed messages, also those with another reason. The newest ${messages.length} messages are shown.</p>
    ${overtakenNote(overtaken)}
    <table class="card rows stack">
      <thead><tr><th scope="col">Time</th><th scope="col">Message</th><th scope="col">Person</th><th scope="col">Job</th><th scope="col"><span class="unseen">Retry</span></th></tr></thead>
      <tbody>${messages.map((failed) => row(failed, privacy, viewer))}</tbody>
    </table>`;
  return layout({ title, content, section: "failed", viewer });
}

function row(failed: FailedMessage, privacy: Privacy, viewer: Viewer): Html {
  const { connection, messageId, jobId, failedAtMs, isCut, message } = failed;
  const { type, name, person } = titleOf(message);
  return html`<tr>
          <td class="when">${timeMark(failedAtMs)}</td>
          <th scope="row">${messageTitle({ type, name }, messageId === "" ? undefined : messagePath(failed))}</th>
          <td data-label="Person">${privacy.maskText(person)}</td>
          <td data-label="Job"><a href="${jobPath(connection, jobId)}">${jobId}</a></td>
          <td>${isCut ? html`<span class="hint">Too large: only its beginning is kept</span>` : retryForm({ fields: { connection: connection.id, job: jobId }, label: "Retry", viewer })}</td>
        </tr>`;
}
