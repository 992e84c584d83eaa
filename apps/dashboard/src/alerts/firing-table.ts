import { situations } from "@customerio-router/reports";
import { formatCount } from "../overview/format-count.ts";
import { type Html, html } from "../page/html.ts";
import { timeMark } from "../page/time-mark.ts";
import type { AlertsPage } from "./alerts-page.ts";
import type { Firing } from "./read-firing.ts";

/** What is wrong at the moment. */
export function firingTable({ firing, stored }: Pick<AlertsPage, "firing" | "stored">): Html {
  if (stored.channels.length === 0) {
    return html`<section class="card empty"><h2>Nothing is watched</h2><p>Add a channel to turn the alerts on.</p></section>`;
  }
  if (firing.length === 0) {
    return html`<section class="card empty"><h2>Nothing fires</h2><p>All is well, or has not been wrong for long enough.</p></section>`;
  }
  return html`<section class="card" aria-labelledby="firing">
      <h2 id="firing">Firing</h2>
      <table class="rows stack">
        <thead><tr><th scope="col">What</th><th scope="col">Since</th><th scope="col" class="number">Messages</th><th scope="col">Told</th></tr></thead>
        <tbody>${firing.map(row)}</tbody>
      </table>
    </section>`;
}

function row({ condition, subject, detail, messages, beganAtMs, isMuted, isTold, example }: Firing): Html {
  return html`<tr>
          <th scope="row"><a href="/runbook#${condition}">${situations[condition].symptom}</a>
            <span class="reason">${subject ? html`<a href="/connections/${subject.id}">${subject.name}</a>: ` : ""}${detail}${example === undefined ? "" : html` Example: <a href="/messages?messageId=${encodeURIComponent(example)}"><code>${example}</code></a>`}</span></th>
          <td data-label="Since">${timeMark(beganAtMs, "full")}</td>
          <td data-label="Messages" class="number">${formatCount(messages)}</td>
          <td data-label="Told">${isTold ? "yes" : isMuted ? "silenced" : "not yet"}</td>
        </tr>`;
}
