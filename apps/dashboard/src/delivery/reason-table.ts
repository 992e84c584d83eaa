import type { ReasonRow } from "@customerio-router/reports";
import { formatCount } from "../overview/format-count.ts";
import { type Html, html } from "../page/html.ts";
import { withCode } from "../page/with-code.ts";
import { type Examples, exampleKey } from "./find-examples.ts";
import { shownOutcomes } from "./outcomes.ts";
import { explainReason } from "./reasons.ts";

/** Why messages were not delivered, and what to do. */
export function reasonTable(
  reasons: ReasonRow[],
  { examples, csv }: { examples: Examples; csv: string },
): Html {
  return html`<section class="card" aria-labelledby="reasons">
      <div class="heading"><h2 id="reasons">Why messages were not delivered</h2>${reasons.length === 0 ? "" : html`<a href="${csv}" download>Download as CSV</a>`}</div>
      ${
        reasons.length === 0
          ? html`<p class="hint">No message was skipped, rejected or removed.</p>`
          : html`<table class="rows reasons stack">
        <thead><tr><th scope="col">Reason</th><th scope="col">Outcome</th><th scope="col" class="number">Messages</th><th scope="col">What to do</th></tr></thead>
        <tbody>${reasons.map((row) => reasonRow(row, examples.get(exampleKey(row))))}</tbody>
      </table>`
      }
    </section>`;
}

function reasonRow({ outcome, reason, messages }: ReasonRow, example: string | undefined): Html {
  const { what, todo } = explainReason(outcome, reason);
  const label = shownOutcomes.find(({ name }) => name === outcome)?.label ?? outcome;
  return html`<tr>
          <th scope="row">${withCode(what)}${reason === "" ? "" : html`<span class="reason"><code>${reason}</code></span>`}</th>
          <td data-label="Outcome"><span class="state ${outcome}">${label}</span></td>
          <td data-label="Messages" class="number">${formatCount(messages)}</td>
          <td class="todo">${withCode(todo)}${example === undefined ? "" : html` <a href="${example}">See an example<span class="unseen"> of ${reason}</span></a>`}</td>
        </tr>`;
}
