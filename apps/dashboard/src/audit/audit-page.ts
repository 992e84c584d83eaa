import type { FieldChange, RecordedAction } from "@customerio-router/reports";
import type { Viewer } from "../login/viewer.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import { selectField } from "../page/select-field.ts";
import type { TextFields } from "../page/text-fields.ts";
import { timeMark } from "../page/time-mark.ts";
import { auditedActions } from "./audited-routes.ts";
import { describeAction, subjectPath } from "./describe-action.ts";

type AuditPage = {
  actions: RecordedAction[];
  /** Where older ones begin. */
  next: string | undefined;
  fields: TextFields;
  /** Connections and sources, by id. */
  subjects: [id: string, name: string][];
  viewer: Viewer;
};

/** Who did what, newest first. */
export function auditPage({ actions, next, fields, subjects, viewer }: AuditPage): Html {
  const query = new URLSearchParams(
    ["user", "action", "subject", "from", "to"].flatMap((name) =>
      fields[name] ? [[name, fields[name]] as [string, string]] : [],
    ),
  );
  const older = new URLSearchParams(query);
  if (next !== undefined) older.set("before", next);
  const content = html`<div class="heading">
      <h1>Audit log</h1>
      <div class="actions">${viewer.canLogOut ? html`<a class="button" href="/sessions">Sessions</a> ` : ""}<a class="button" href="/audit/export?${query}">Export as NDJSON</a></div>
    </div>
    <p class="lead">Who did what, from where, and what changed: on these pages, by the API, on the command line and in Bull Board. It is kept for a year.</p>
    <form class="card filters" method="get" action="/audit" role="search" aria-label="Audit log">
      <div class="field"><label for="user">User</label><input id="user" name="user" value="${fields.user ?? ""}" autocomplete="off" spellcheck="false"></div>
      ${selectField({ name: "action", label: "Action", value: fields.action ?? "", choices: [["", "Any"], ...auditedActions.map((action): [string, string] => [action, describeAction({ action })])] })}
      ${selectField({ name: "subject", label: "Connection or source", value: fields.subject ?? "", choices: [["", "Any"], ...subjects] })}
      <div class="field"><label for="from">From (UTC)</label><input type="date" id="from" name="from" value="${fields.from ?? ""}"></div>
      <div class="field"><label for="to">To (UTC)</label><input type="date" id="to" name="to" value="${fields.to ?? ""}"></div>
      <p class="actions"><button class="primary">Search</button> <a href="/audit">Clear</a></p>
    </form>
    ${
      actions.length === 0
        ? html`<section class="card empty"><h2>No actions</h2><p>Nobody did anything that matches.</p></section>`
        : html`<table class="card rows audit stack">
      <thead><tr><th scope="col">Time</th><th scope="col">User</th><th scope="col">Action</th><th scope="col">Changes</th></tr></thead>
      <tbody>${actions.map(row)}</tbody>
    </table>`
    }
    ${next === undefined ? "" : html`<p class="actions"><a class="button" href="/audit?${older}">Older actions</a></p>`}`;
  return layout({ title: "Audit log", content, section: "audit", viewer });
}

function row({ atMs, by, subject, changes = [], details = {}, action }: RecordedAction): Html {
  const path = subject && subjectPath(subject);
  const name = subject?.name ?? subject?.id ?? "";
  return html`<tr>
        <td class="when" data-label="Time">${timeMark(atMs, "full")}</td>
        <td data-label="User"><div>${by.user}<span class="reason">${by.via}${by.from === undefined ? "" : `, ${by.from}`}</span></div></td>
        <th scope="row">${describeAction({ action, ...(subject && { subject }) })} ${path === undefined ? name : html`<a href="${path}">${name}</a>`}${Object.entries(
          details,
        ).map(([detail, value]) => html`<span class="reason">${detail}: ${value}</span>`)}</th>
        <td data-label="Changes">${
          changes.length === 0
            ? "–"
            : html`<details><summary>${changes.length === 1 ? "1 field" : `${changes.length} fields`}</summary><dl class="changes">${changes.map(changeView)}</dl></details>`
        }</td>
      </tr>`;
}

function changeView([field, from, to]: FieldChange): Html {
  const what = from === null ? to : to === null ? html`<del>${from}</del>` : `${from} → ${to}`;
  return html`<div><dt><code>${field}</code></dt><dd>${what}</dd></div>`;
}
