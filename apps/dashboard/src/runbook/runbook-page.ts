import { type Situation, situations } from "@customerio-router/reports";
import type { Viewer } from "../login/viewer.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import { withCode } from "../page/with-code.ts";

/** Each symptom that pages and commands name, what it means, and what to do. */
export function runbookPage(viewer: Viewer): Html {
  const rows = Object.entries<Situation>(situations);
  const content = html`<h1>Runbook</h1>
    <p class="lead">What each symptom means and what to do: those that this dashboard and <code>npm run cli -- doctor</code> name.</p>
    ${rows.map(([name, situation]) => row(name, situation))}`;
  return layout({ title: "Runbook", content, viewer });
}

function row(name: string, { symptom, meaning, action }: Situation): Html {
  return html`<section class="card runbook" id="${name}" aria-labelledby="${name}-symptom">
      <h2 id="${name}-symptom">${symptom}</h2>
      <dl class="facts">
        <div><dt>Meaning</dt><dd>${withCode(meaning)}</dd></div>
        <div><dt>Action</dt><dd>${withPages(action)}</dd></div>
      </dl>
    </section>`;
}

/** Pages stand between asterisks, as in Markdown. */
function withPages(text: string): Html {
  return html`${text.split("*").map((part, index) => (index % 2 ? html`<a href="/${part.toLowerCase()}">${part}</a>` : withCode(part)))}`;
}
