import type { Connection, RulePreviewExample, RulesPreview } from "@customerio-router/connections";
import { formatCount } from "../overview/format-count.ts";
import { type Html, html } from "../page/html.ts";
import { countOf } from "../page/in-words.ts";
import { jsonView } from "../page/json-view.ts";
import { withCode } from "../page/with-code.ts";
import type { Privacy } from "../privacy/privacy.ts";

/** What rules would have done, in numbers and examples, which come masked. */
export function previewView(preview: RulesPreview, connection: Connection, privacy: Privacy): Html {
  const { messages, dropped, changed, unmatched, failed, otherwise, isComplete } = preview;
  const counts: [string, number][] = [
    ["Dropped", dropped],
    ["Changed", changed],
    ["Touched by no rule", unmatched],
    ["A condition failed", failed],
    ["Customer.io would get something else than today", otherwise],
  ];
  return html`<section class="card" id="preview" aria-labelledby="preview-title">
      <h2 id="preview-title" tabindex="-1" autofocus>Over the last ${countOf(messages, "message")}</h2>
      ${messages === 0 ? html`<p class="hint">No recorded message to try them on.</p>` : ""}
      ${isComplete ? "" : html`<p class="hint">There are more; the preview stopped after ten seconds.</p>`}
      <table class="rows stack">
        <thead><tr><th scope="col">What</th><th scope="col" class="number">Messages</th></tr></thead>
        <tbody>${counts.map(([label, count]) => html`<tr><th scope="row">${label}</th><td class="number" data-label="Messages">${formatCount(count)}</td></tr>`)}</tbody>
      </table>
      ${preview.rules.length === 0 ? "" : byRule(preview)}
      ${preview.examples.map((one) => example(one, connection, privacy))}
    </section>`;
}

function byRule({ rules }: RulesPreview): Html {
  return html`<table class="rows stack">
        <thead><tr><th scope="col">Rule</th><th scope="col" class="number">Messages changed or dropped</th><th scope="col" class="number">Condition failed</th></tr></thead>
        <tbody>${rules.map(
          ({ name, touched, failed, why }) => html`<tr>
          <th scope="row">${name}${why === undefined ? "" : html`<span class="reason">${withCode(why)}</span>`}</th>
          <td class="number" data-label="Changed or dropped">${formatCount(touched)}</td>
          <td class="number" data-label="Condition failed">${formatCount(failed)}</td>
        </tr>`,
        )}</tbody>
      </table>`;
}

function example(
  { messageId, event, rules, before, after }: RulePreviewExample,
  { id }: Connection,
  privacy: Privacy,
): Html {
  const side = (title: string, { message, operations, reason }: RulePreviewExample["before"]) =>
    html`<div>
            <h4>${title}</h4>
            ${message === null ? "" : jsonView(message, `${title}: the message`)}
            ${reason === undefined ? jsonView(operations, `${title}: what Customer.io gets`) : html`<p>Customer.io gets nothing: <code>${reason}</code></p>`}
          </div>`;
  return html`<details class="example">
        <summary>${privacy.maskSentence(event)}${rules.length === 0 ? "" : html` · ${rules.join(", ")}`}</summary>
        <p class="hint"><a href="/message?${new URLSearchParams({ connection: id, id: messageId })}">The message</a></p>
        <div class="sides">${side("Before", before)}${side("After", after)}</div>
      </details>`;
}
