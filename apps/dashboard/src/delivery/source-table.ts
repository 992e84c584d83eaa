import type { SourceRow } from "@customerio-router/reports";
import { formatCount } from "../overview/format-count.ts";
import { type Html, html } from "../page/html.ts";
import { type LedgerSource, nameSource } from "./ledger-query.ts";

const columns = ["received", "delivered", "skipped", "rejected", "removed", "waiting"] as const;

/** Which source sent what; nothing where a single one sent all of it. `query` names connection and days. */
export function sourceTable(
  rows: SourceRow[],
  { sources, query, csv }: { sources: LedgerSource[]; query: URLSearchParams; csv: string },
): Html | "" {
  if (rows.length < 2) return "";
  const names = new Map(sources.map(({ id, name }) => [id, name]));
  return html`<section class="card" aria-labelledby="sources">
      <div class="heading"><h2 id="sources">By source</h2><a href="${csv}" download>Download as CSV</a></div>
      <table class="rows stack">
        <thead><tr><th scope="col">Source</th>${columns.map((name) => html`<th scope="col" class="number">${label(name)}</th>`)}</tr></thead>
        <tbody>${rows.map(
          (row) => html`<tr>
          <th scope="row">${names.has(row.source) ? html`<a href="/delivery?${withSource(query, row.source)}">${names.get(row.source)}</a>` : nameSource(row.source, names)}</th>
          ${columns.map((name) => html`<td class="number" data-label="${label(name)}">${formatCount(row[name])}</td>`)}
        </tr>`,
        )}</tbody>
      </table>
      <p class="hint">The rows add up to the messages above. The source is not known of messages received before it was counted.</p>
    </section>`;
}

function label(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

function withSource(query: URLSearchParams, source: string): URLSearchParams {
  return new URLSearchParams([...query, ["source", source]]);
}
