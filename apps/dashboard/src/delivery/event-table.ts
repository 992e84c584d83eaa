import { countOfEvent, type EventRow } from "@customerio-router/reports";
import { formatCount } from "../overview/format-count.ts";
import { type Html, html } from "../page/html.ts";
import type { Privacy } from "../privacy/privacy.ts";

/** Events that the page shows; the CSV has all. */
const shownEvents = 15;

const outcomes = ["delivered", "skipped", "rejected", "removed"] as const;

/** The most frequent events with what became of them. */
export function eventTable(events: EventRow[], { privacy, csv }: { privacy: Privacy; csv: string }): Html {
  const shown = events.slice(0, shownEvents);
  const hidden = events.length - shown.length;
  return html`<section class="card" aria-labelledby="events">
      <div class="heading"><h2 id="events">Events</h2>${events.length === 0 ? "" : html`<a href="${csv}" download>Download as CSV</a>`}</div>
      ${
        events.length === 0
          ? html`<p class="hint">No message has an outcome yet.</p>`
          : html`<table class="rows events stack">
        <thead><tr><th scope="col">Event</th><th scope="col" class="number">Messages</th>${outcomes.map((name) => html`<th scope="col" class="number">${title(name)}</th>`)}</tr></thead>
        <tbody>${shown.map((row) => eventRow(row, privacy))}</tbody>
      </table>`
      }
      <p class="hint">${hidden > 0 ? `The ${shown.length} most frequent of ${formatCount(events.length)} events; the CSV has all of them. ` : ""}Waiting messages are not counted here: an event is known once its message has an outcome.</p>
    </section>`;
}

function eventRow(row: EventRow, privacy: Privacy): Html {
  const [type = "", ...words] = row.event.split(" ");
  const name = privacy.maskSentence(words.join(" "));
  return html`<tr>
          <th scope="row"><span class="type">${type}</span> ${name}</th>
          <td data-label="Messages" class="number">${formatCount(countOfEvent(row))}</td>
          ${outcomes.map((outcome) => html`<td data-label="${title(outcome)}" class="number${row[outcome] === 0 ? " nothing" : ""}">${formatCount(row[outcome])}</td>`)}
        </tr>`;
}

function title(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
