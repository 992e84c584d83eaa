import { type Delivery, describeNotice, type NewNotice } from "@customerio-router/alerts";
import { type Html, html } from "../page/html.ts";
import { timeMark } from "../page/time-mark.ts";
import type { AlertsPage } from "./alerts-page.ts";

/** What was told, newest first, and whether it arrived. */
export function historyTable({ history, stored }: Pick<AlertsPage, "history" | "stored">): Html | "" {
  if (history.length === 0) return "";
  const names = new Map(stored.channels.map(({ id, name }) => [id, name]));
  return html`<section class="card" aria-labelledby="history">
      <h2 id="history">History</h2>
      <table class="rows stack">
        <thead><tr><th scope="col">Time</th><th scope="col">What</th><th scope="col">Delivery</th></tr></thead>
        <tbody>${history.map((notice) => row(notice, names))}</tbody>
      </table>
    </section>`;
}

function row({ notice, deliveries }: NewNotice, names: ReadonlyMap<string, string>): Html {
  return html`<tr>
          <th scope="row">${timeMark(notice.atMs, "full")}</th>
          <td data-label="What">${describeNotice(notice, null).summary}</td>
          <td data-label="Delivery">${deliveries.map(({ channelId, delivery }) => ofChannel(names.get(channelId) ?? "Deleted channel", delivery))}</td>
        </tr>`;
}

const marks = { delivered: "delivered", outstanding: "waiting", failed: "rejected" } as const;

function ofChannel(name: string, delivery: Delivery): Html {
  const { state, why, nextTryAtMs } = delivery;
  const next = nextTryAtMs === undefined ? "" : html` Next try at ${timeMark(nextTryAtMs)}.`;
  return html`<div><span class="state ${marks[state]}">${name}: ${describe(delivery)}</span>${why === undefined ? "" : html`<span class="reason">${why}${next}</span>`}</div>`;
}

function describe({ state, tries }: Delivery): string {
  const number = tries === 1 ? "1 try" : `${tries} tries`;
  if (state === "delivered") return tries > 1 ? `delivered after ${number}` : "delivered";
  if (state === "failed") return `given up after ${number}`;
  return tries === 0 ? "not sent yet" : `${number} failed`;
}
