import type { Connection } from "@customerio-router/connections";
import { explainReason } from "../delivery/reasons.ts";
import type { Viewer } from "../login/viewer.ts";
import { formatCount } from "../overview/format-count.ts";
import { type Html, html } from "../page/html.ts";
import { countOf } from "../page/in-words.ts";
import { layout } from "../page/layout.ts";
import { selectField } from "../page/select-field.ts";
import { timeMark, zoneMark } from "../page/time-mark.ts";
import { utcField } from "../page/utc-time.ts";
import { withCode } from "../page/with-code.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { failedActions } from "./failed-actions.ts";
import { type FailedFilter, failedFields } from "./failed-filter.ts";
import type { FailedGroup } from "./group-failed.ts";
import type { Overtaken } from "./overtaken.ts";
import { overtakenAmong, overtakenNote } from "./overtaken-note.ts";

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

export type FailedPage = {
  failed: FailedOf[];
  connections: Connection[];
  /** The id of the connection that is asked for; empty: all. */
  chosen: string;
  filter: FailedFilter;
  /** The events of the failed messages, to choose from. */
  events: string[];
  /** What was just done. */
  notice: Html | "";
  privacy: Privacy;
  viewer: Viewer;
};

/** Rejected messages, grouped by reason. */
export function failedPage(options: FailedPage): Html {
  const { failed, filter, notice, viewer } = options;
  const shown = failed.filter(({ groups }) => groups.length > 0);
  const isFiltered = filter.event !== "" || filter.from !== "" || filter.to !== "";
  const content = html`<h1>Failed</h1>
    <p class="lead">Messages that were rejected, by reason, with what to do. Correct the cause, then retry: retried messages go to the
      end of the queue. What you discard is never delivered.</p>
    ${notice}
    ${filterForm(options)}
    ${shown.length === 0 ? nothing(isFiltered) : shown.map((of) => failedOf(of, options))}`;
  return layout({ title: "Failed", content, section: "failed", viewer });
}

function filterForm({ connections, chosen, filter, events, privacy }: FailedPage): Html {
  const choices = filter.event === "" || events.includes(filter.event) ? events : [filter.event, ...events];
  return html`<form class="card filters" method="get" action="/failed" role="search" aria-label="Failed messages">
      ${selectField({
        name: "connection",
        label: "Connection",
        value: chosen,
        choices: [["", "All"], ...connections.map(({ id, name }): [string, string] => [id, name])],
      })}
      ${selectField({
        name: "event",
        label: "Event",
        value: filter.event,
        choices: [
          ["", "Any"],
          ...choices.map((name): [string, string] => [name, privacy.maskSentence(name)]),
        ],
      })}
      ${utcField("from", "Failed from", filter.from)}
      ${utcField("to", "Failed before", filter.to)}
      <p class="actions"><button class="primary">Show</button> <a href="/failed">Clear</a></p>
    </form>`;
}

function failedOf(of: FailedOf, { filter, privacy, viewer }: FailedPage): Html {
  const { connection, groups, jobs, groupedJobs, overtaken } = of;
  const { id, name } = connection;
  const messages = groups.reduce((sum, group) => sum + group.messages, 0);
  const passing = groups.reduce((sum, group) => sum + group.passing, 0);
  const isPart = jobs > groupedJobs;
  const fields = failedFields(id, filter);
  return html`<section class="card" aria-labelledby="failed-${id}">
      <div class="heading">
        <h2 id="failed-${id}">${name} <span class="count">${isPart ? "more than " : ""}${countOf(messages, "message")}</span></h2>
        <div class="actions">
          <a class="button" href="/failed/export?${new URLSearchParams(fields)}" download>Export all</a>
          ${failedActions({ fields, messages, passing, isPart, overtaken, viewer })}
        </div>
      </div>
      ${isPart ? html`<p class="hint">This table groups the newest ${formatCount(groupedJobs)} of ${formatCount(jobs)} failed jobs. Retry, Discard and Export include all of them.</p>` : ""}
      ${passing > 0 && passing < messages ? html`<p class="hint">Retry leaves ${countOf(messages - passing, "message")} that would be rejected again.</p>` : ""}
      ${overtakenNote(overtaken)}
      <table class="rows groups stack">
        <thead><tr><th scope="col">Reason</th><th scope="col">What to do</th><th scope="col" class="number">Messages</th><th scope="col">Last ${zoneMark()}</th><th scope="col"><span class="unseen">Actions</span></th></tr></thead>
        <tbody>${groups.map((group) => groupRow(group, { of, filter, privacy, viewer }))}</tbody>
      </table>
    </section>`;
}

function groupRow(
  { key, rejection, messages, jobIds, newestAtMs, passing }: FailedGroup,
  { of, filter, privacy, viewer }: Pick<FailedPage, "filter" | "privacy" | "viewer"> & { of: FailedOf },
): Html {
  const fields = failedFields(of.connection.id, { ...filter, group: key });
  const query = new URLSearchParams(fields);
  const overtaken = overtakenAmong(of.overtaken, jobIds);
  return html`<tr>
          <th scope="row"><a href="/failed/group?${query}">${withCode(privacy.maskSentence(rejection.message))}</a></th>
          <td class="todo">${advice(rejection.reason, passing > 0)}</td>
          <td data-label="Messages" class="number">${formatCount(messages)}</td>
          <td data-label="Last" class="when">${timeMark(newestAtMs, "day")}</td>
          <td><div class="actions">
            <a href="/failed/export?${query}" download>Export<span class="unseen"> ${rejection.reason}</span></a>
            ${failedActions({ fields, isInPlace: true, messages, passing, overtaken, viewer })}
          </div></td>
        </tr>`;
}

/** What to do about a reason, and whether a retry is of use. */
export function advice(reason: string, canPass: boolean): Html {
  const { todo } = explainReason("rejected", reason);
  return html`${withCode(todo)}${canPass ? "" : html` <span class="hint">There is no Retry: they would be rejected again.</span>`}`;
}

function nothing(isFiltered: boolean): Html {
  return isFiltered
    ? html`<section class="card empty"><h2>No failed message matches</h2><p><a href="/failed">Show all failed messages</a></p></section>`
    : html`<section class="card empty"><h2>Nothing failed</h2><p>Rejected messages are kept here with the reason, until you retry or discard them.</p></section>`;
}
