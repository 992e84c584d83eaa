import { hoursOf, type LedgerDay, quantilesOf, sumLatency } from "@customerio-router/reports";
import { formatCount } from "../overview/format-count.ts";
import { formatBound } from "../overview/format-latency.ts";
import { type Html, html } from "../page/html.ts";

/** How long the deliveries of some days took. */
export function latencyTiles(days: LedgerDay[]): Html {
  const latency = sumLatency(days.flatMap(hoursOf).map((hour) => hour.latency));
  const quantiles = quantilesOf(latency);
  const delivered = latency.reduce((all, messages) => all + messages, 0);
  const tile = (share: string, name: string, boundMs: number) =>
    html`<div><dt>${share} <abbr title="${name}">${name.slice(0, 3)}</abbr></dt><dd>${formatBound(boundMs)}</dd></div>`;
  return html`<section class="card" aria-labelledby="latency">
      <h2 id="latency">Time from received to delivered</h2>
      ${
        quantiles === undefined
          ? html`<p class="hint">Nothing was delivered on these days.</p>`
          : html`<dl class="tiles">
        ${tile("Half within", "p50, the median", quantiles.p50)}
        ${tile("95 % within", "p95, the 95th percentile", quantiles.p95)}
        ${tile("99 % within", "p99, the 99th percentile", quantiles.p99)}
      </dl>
      <p class="hint">Of ${formatCount(delivered)} messages delivered on these days, whenever they were received. Time spent paused, retrying or waiting for a retry by hand counts.</p>`
      }
    </section>`;
}
