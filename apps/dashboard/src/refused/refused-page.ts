import type { Connection } from "@customerio-router/connections";
import type { RefusedCalls, RefusedExample } from "@customerio-router/reports";
import type { Viewer } from "../login/viewer.ts";
import { formatCount } from "../overview/format-count.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import { timeMark } from "../page/time-mark.ts";
import { withCode } from "../page/with-code.ts";
import { explainRefusal } from "./refusal-reasons.ts";

type RefusedPage = {
  connections: { connection: Connection; refused: RefusedCalls[] }[];
  /** Without a known write key. */
  unknown: RefusedCalls[];
  /** True when a connection was chosen. */
  isOne: boolean;
  viewer: Viewer;
};

/** Why calls did not arrive. */
export function refusedPage({ connections, unknown, isOne, viewer }: RefusedPage): Html {
  const shown = isOne ? connections : connections.filter(({ refused }) => refused.length > 0);
  const content = html`<h1>Refused calls</h1>
    <p class="lead">When calls do not arrive, look here first: requests that the intakes refused. They are forgotten after 30 days without one.</p>
    ${isOne ? html`<p><a href="/refused">All connections</a></p>` : ""}
    ${shown.map(({ connection: { id, name }, refused }) => section({ id, title: name, link: `/connections/${id}`, refused }))}
    ${section({ id: "unknown", title: "Without a known write key", refused: unknown })}`;
  return layout({ title: "Refused calls", content, section: "refused", viewer });
}

function section({
  id,
  title,
  link,
  refused,
}: {
  id: string;
  title: string;
  link?: string;
  refused: RefusedCalls[];
}): Html {
  return html`<section class="card" aria-labelledby="${id}">
      <h2 id="${id}">${link === undefined ? title : html`<a href="${link}">${title}</a>`}</h2>
      ${
        refused.length === 0
          ? html`<p class="hint">No call was refused.</p>`
          : html`<table class="rows reasons stack">
        <thead><tr><th scope="col">Reason</th><th scope="col" class="number">Requests</th><th scope="col">Last</th><th scope="col">Sender</th><th scope="col">What to do</th></tr></thead>
        <tbody>${refused.map(row)}</tbody>
      </table>`
      }
    </section>`;
}

function row({ reason, status, requests, lastAtMs, userAgent, examples }: RefusedCalls): Html {
  const { what, todo } = explainRefusal(reason);
  return html`<tr>
          <th scope="row">${withCode(what)}<span class="reason"><code>${reason}</code>, answered ${status}</span></th>
          <td data-label="Requests" class="number">${formatCount(requests)}</td>
          <td class="when" data-label="Last">${timeMark(lastAtMs, "full")}</td>
          <td data-label="Sender">${userAgent ?? "–"}</td>
          <td class="todo">${withCode(todo)}${
            examples.length === 0
              ? ""
              : html`<details><summary>See ${examples.length === 1 ? "an example" : `${examples.length} examples`}<span class="unseen"> of ${reason}</span></summary>${examples.map(exampleView)}</details>`
          }</td>
        </tr>`;
}

function exampleView({ atMs, path, userAgent, body }: RefusedExample): Html {
  return html`<p>${timeMark(atMs, "full")}${path === undefined ? "" : html` <code>${path}</code>`}${userAgent === undefined ? "" : `, ${userAgent}`}</p>
          ${body === undefined ? html`<p class="hint">Its body was not read.</p>` : html`<pre tabindex="0" aria-label="The beginning of its body">${body}</pre>`}`;
}
