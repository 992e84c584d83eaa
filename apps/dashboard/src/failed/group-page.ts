import { explainReason } from "../delivery/reasons.ts";
import type { Viewer } from "../login/viewer.ts";
import { titleOf } from "../messages/find/known-message.ts";
import { messagePath, messageTitle } from "../messages/message-row.ts";
import { formatCount } from "../overview/format-count.ts";
import { type Html, html } from "../page/html.ts";
import { countOf } from "../page/in-words.ts";
import { layout } from "../page/layout.ts";
import { timeMark, zoneMark } from "../page/time-mark.ts";
import { withCode } from "../page/with-code.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { failedActions } from "./failed-actions.ts";
import { type FailedFilter, failedFields } from "./failed-filter.ts";
import type { FailedMessage } from "./failed-messages.ts";
import { advice } from "./failed-page.ts";
import type { Overtaken } from "./overtaken.ts";
import { overtakenNote } from "./overtaken-note.ts";

type GroupPage = {
  /** The newest of the group. */
  messages: [FailedMessage, ...FailedMessage[]];
  /** How many the group has. */
  count: number;
  filter: FailedFilter;
  overtaken: Overtaken;
  /** How many of them a retry may deliver. */
  passing: number;
  privacy: Privacy;
  viewer: Viewer;
};

/** The messages that failed for one reason. */
export function groupPage(options: GroupPage): Html {
  const { messages, count, filter, overtaken, passing, privacy, viewer } = options;
  const [{ connection, rejection }] = messages;
  const { id, name } = connection;
  const title = privacy.maskSentence(rejection.message);
  const fields = failedFields(id, filter);
  const content = html`<p class="crumbs"><a href="/failed?connection=${id}">Failed in ${name}</a></p>
    <div class="heading">
      <h1 class="sentence">${withCode(title)}</h1>
      <div class="actions">
        <a class="button" href="/failed/export?${new URLSearchParams(fields)}" download>Export</a>
        ${failedActions({ fields, messages: count, passing, overtaken, viewer })}
      </div>
    </div>
    <p class="lead">${countOf(count, "message")} failed for this reason${filter.event === "" ? "" : html`, all of them <b>${privacy.maskSentence(filter.event)}</b>`}. ${withCode(explainReason("rejected", rejection.reason).what)} ${advice(rejection.reason, passing > 0)}</p>
    ${overtakenNote(overtaken)}
    <table class="card rows stack">
      <thead><tr><th scope="col">Failed ${zoneMark()}</th><th scope="col">Message</th><th scope="col">Person</th></tr></thead>
      <tbody>${messages.map((failed) => row(failed, privacy))}</tbody>
    </table>
    ${count > messages.length ? html`<p class="hint">The newest ${formatCount(messages.length)} of ${formatCount(count)} messages. Export, Retry and Discard include all of them.</p>` : ""}`;
  return layout({ title: title.replaceAll("`", ""), content, section: "failed", viewer });
}

function row(failed: FailedMessage, privacy: Privacy): Html {
  const { type, name, person } = titleOf(failed.message);
  return html`<tr>
          <td class="when">${timeMark(failed.failedAtMs, "day")}</td>
          <th scope="row">${messageTitle({ type, name }, messagePath(failed))}</th>
          <td data-label="Person">${privacy.maskText(person)}</td>
        </tr>`;
}
