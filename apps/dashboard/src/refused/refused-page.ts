import type { RefusedCalls, RefusedExample } from "@customerio-router/reports";
import type { Viewer } from "../login/viewer.ts";
import { formatCount } from "../overview/format-count.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import { timeMark } from "../page/time-mark.ts";
import { withCode } from "../page/with-code.ts";
import type { RefusedBySource } from "./read-refused-by-source.ts";
import { explainRefusal } from "./refusal-reasons.ts";

type RefusedPage = Pick<RefusedBySource, "sources" | "unknown"> & {
  /** True when a source or a connection was chosen. */
  isChosen: boolean;
  viewer: Viewer;
};

/** Why calls did not arrive. */
export function refusedPage({ sources, unknown, isChosen, viewer }: RefusedPage): Html {
  const shown = isChosen ? sources : sources.filter(({ refused }) => refused.length > 0);
  const content = html`<h1>Refused calls</h1>
    <p class="lead">When calls do not arrive, look here first: requests that the intakes refused. They are forgotten after 30 days without one.</p>
    ${isChosen ? html`<p><a href="/refused">All sources</a></p>` : ""}
    ${isChosen && sources.length === 0 ? html`<p class="problem">No source feeds this connection: it receives nothing.</p>` : ""}
    ${shown.map(({ source, refused }) => section({ id: source.id, title: source.name, link: `/sources/${source.id}`, refused }))}
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
