import { type Html, html } from "../page/html.ts";
import { jsonView } from "../page/json-view.ts";
import { withCode } from "../page/with-code.ts";
import type { Privacy } from "../privacy/privacy.ts";
import type { ExplainedMessage } from "./explain-message.ts";

/** What Customer.io gets of it. */
export function mapped({ operations, nothing }: ExplainedMessage, privacy: Privacy): Html {
  const [first, ...more] = operations;
  const shown = first && more.length === 0 ? first : operations;
  return html`<section class="card" aria-labelledby="mapped">
        <h2 id="mapped">As mapped for Customer.io</h2>
        ${nothing ? html`<p>Nothing: it is ${nothing.kind}, reason <code>${nothing.reason}</code>.</p>` : jsonView(privacy.mask(shown), "What Customer.io gets")}
      </section>`;
}

/** The rules that made it so, and what was changed by which limit. */
export function whys({ explanation, warnings }: ExplainedMessage): Html {
  return html`<section class="card" aria-labelledby="why">
      <h2 id="why">Why</h2>
      <ul class="why">${explanation.map((sentence) => html`<li>${withCode(sentence)}</li>`)}</ul>
      ${warnings.length === 0 ? "" : html`<h3>Changes</h3><ul class="why changed">${warnings.map(({ code, message }) => html`<li>${withCode(message)} <span class="hint">${code}</span></li>`)}</ul>`}
      <p class="hint">With the connection's current rules and settings.</p>
    </section>`;
}
