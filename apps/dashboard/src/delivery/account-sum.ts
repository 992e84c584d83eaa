import type { Account } from "@customerio-router/reports";
import { formatCount } from "../overview/format-count.ts";
import { type Html, html } from "../page/html.ts";
import { formatShare } from "./format-share.ts";
import { shownOutcomes } from "./outcomes.ts";

/** The account as a sum on paper, below a bar of its parts. */
export function accountSum(total: Account, connectionId: string): Html {
  const { received } = total;
  return html`${parts(total)}
      <table class="sum">
        <caption class="unseen">Delivered, skipped, rejected, removed, waiting and unaccounted messages add up to those received</caption>
        <thead class="unseen"><tr><th scope="col">Outcome</th><th scope="col">Messages</th><th scope="col">Share</th><th scope="col">Meaning</th></tr></thead>
        <tbody>${shownOutcomes.map(({ name, label, colour, meaning, href }, index) => {
          const messages = total[name];
          const place = messages > 0 ? href?.(connectionId) : undefined;
          return html`<tr${messages === 0 ? html` class="nothing"` : ""}>
          <th scope="row"><span class="sign" aria-hidden="true">${index === 0 ? "" : "+"}</span><span class="dot ${colour}"></span>${place === undefined ? label : html`<a href="${place}">${label}</a>`}</th>
          <td class="number">${formatCount(messages)}</td>
          <td class="number share">${formatShare(messages, received)}</td>
          <td class="meaning">${meaning}</td>
        </tr>`;
        })}</tbody>
        <tfoot><tr>
          <th scope="row"><span class="sign" aria-hidden="true">=</span><span class="dot"></span>Received</th>
          <td class="number">${formatCount(received)}</td>
          <td class="number share">${formatShare(received, received)}</td>
          <td class="meaning">Every message received on these days.</td>
        </tr></tfoot>
      </table>`;
}

const width = 1_000;
/** What is there is to be seen, however little it is. */
const minWidth = 6;

function parts(total: Account): Html {
  const shown = shownOutcomes.filter(({ name }) => total[name] > 0);
  const sum = shown.reduce((all, { name }) => all + total[name], 0);
  const widths = shown.map(({ name }) => Math.max(minWidth, (total[name] / sum) * width));
  const scale = width / widths.reduce((all, one) => all + one, 0);
  let x = 0;
  return html`<svg class="parts" viewBox="0 0 ${width} 10" preserveAspectRatio="none" aria-hidden="true">${shown.map(
    ({ name, label, colour }, index) => {
      const left = x;
      x += (widths[index] ?? 0) * scale;
      return html`<rect class="column ${colour}" x="${left.toFixed(1)}" y="0" width="${(x - left).toFixed(1)}" height="10"><title>${label}: ${formatCount(total[name])}</title></rect>`;
    },
  )}</svg>`;
}
