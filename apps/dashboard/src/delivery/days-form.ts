import type { Connection } from "@customerio-router/connections";
import { keptDays, writeDay } from "@customerio-router/reports";
import { type Html, html } from "../page/html.ts";
import { selectField } from "../page/select-field.ts";
import type { LedgerSource } from "./ledger-query.ts";
import type { Delivery } from "./read-delivery.ts";

const usualRanges = [7, 30, keptDays];

/** The choice of a connection, a source and days. */
export function daysForm({
  connections,
  chosen,
  source = "",
  sources,
  delivery: { chosen: range, today },
}: {
  connections: Connection[];
  chosen: string;
  source: string | undefined;
  sources: LedgerSource[];
  delivery: Delivery;
}): Html {
  const day = (name: "from" | "to", label: string) =>
    html`<div class="field"><label for="${name}">${label}</label><input type="date" id="${name}" name="${name}" value="${writeDay(range[name])}" min="${writeDay(today - keptDays + 1)}" max="${writeDay(today)}"></div>`;
  const length = range.to === today ? range.to - range.from + 1 : undefined;
  return html`<form class="card filters" method="get" action="/delivery">
      ${selectField({
        name: "connection",
        label: "Connection",
        value: chosen,
        choices: [["", "All"], ...connections.map(({ id, name }): [string, string] => [id, name])],
      })}
      ${
        sources.length < 2 && source === ""
          ? ""
          : selectField({
              name: "source",
              label: "Source",
              value: source,
              choices: [["", "All"], ...sources.map(({ id, name }): [string, string] => [id, name])],
            })
      }
      ${day("from", "From (UTC)")}
      ${day("to", "To (UTC)")}
      <p class="actions"><button class="primary">Show</button></p>
      <ul class="ranges" aria-label="Usual ranges">${usualRanges.map((days) => {
        const query = new URLSearchParams({
          ...(chosen && { connection: chosen }),
          ...(source && { source }),
          from: writeDay(today - days + 1),
          to: writeDay(today),
        });
        return html`<li><a href="/delivery?${query}"${days === length ? html` aria-current="true"` : ""}>Last ${days} days</a></li>`;
      })}</ul>
    </form>`;
}
