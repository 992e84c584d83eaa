import { countOfEvent, type EventRow } from "@customerio-router/reports";
import { formatShare } from "../delivery/format-share.ts";
import { type Html, html } from "../page/html.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { formatCount } from "./format-count.ts";

/** Events that are shown; the page Delivery has more, and its CSV all. */
const shownEvents = 10;

/** Delivery rate and failures by event, those with failures first. */
export function eventRates(
  events: EventRow[],
  { connection, privacy, deliveryPath }: { connection: string; privacy: Privacy; deliveryPath: string },
): Html {
  const shown = events
    .toSorted((one, other) => other.rejected - one.rejected || countOfEvent(other) - countOfEvent(one))
    .slice(0, shownEvents);
  const link = (event: string, outcome: string) =>
    `/messages?${new URLSearchParams({ ...(connection && { connection }), event, outcome })}`;
  const count = (row: EventRow, outcome: "delivered" | "skipped" | "rejected", label: string) =>
    html`<td data-label="${label}" class="number">${row[outcome] === 0 ? "0" : html`<a href="${link(row.event, outcome)}">${formatCount(row[outcome])}</a>`}</td>`;
  const eventRow = (row: EventRow) => {
    const { event, delivered, rejected } = row;
    const [type = "", ...words] = event.split(" ");
    return html`<tr>
          <th scope="row"><span class="type">${type}</span> ${privacy.maskSentence(words.join(" "))}</th>
          ${count(row, "delivered", "Delivered")}
          ${count(row, "skipped", "Skipped")}
          ${count(row, "rejected", "Rejected")}
          <td data-label="Delivery rate" class="number">${delivered + rejected === 0 ? "–" : formatShare(delivered, delivered + rejected)}</td>
        </tr>`;
  };
  return html`<section class="card" aria-labelledby="event-rates">
      <div class="heading"><h2 id="event-rates">Delivery rate and failures by event</h2><a href="${deliveryPath}">All events and reasons</a></div>
      ${
        shown.length === 0
          ? html`<p class="hint">No message of these days has an outcome yet.</p>`
          : html`<table class="rows events stack">
        <thead><tr><th scope="col">Event</th><th scope="col" class="number">Delivered</th><th scope="col" class="number">Skipped</th><th scope="col" class="number">Rejected</th><th scope="col" class="number">Delivery rate</th></tr></thead>
        <tbody>${shown.map(eventRow)}</tbody>
      </table>`
      }
      <p class="hint">Of messages received on these UTC days. The delivery rate is the share of delivered ones in those delivered or rejected.</p>
    </section>`;
}
