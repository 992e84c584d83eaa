import {
  allConnections,
  type Connection,
  type ConnectionReceipt,
  type Receipt,
} from "@customerio-router/connections";
import type { Viewer } from "../login/viewer.ts";
import { formatCount } from "../overview/format-count.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import { selectField } from "../page/select-field.ts";
import { timeMark } from "../page/time-mark.ts";
import type { ErasureProblem } from "./ask-for-erasure.ts";

type ErasurePage = {
  connections: Connection[];
  /** The id of the chosen connection, or all. */
  chosen: string;
  receipts: Receipt[];
  problem: ErasureProblem | undefined;
  viewer: Viewer;
};

/** A form to erase a person, and the receipts so far. */
export function erasurePage({ connections, chosen, receipts, problem, viewer }: ErasurePage): Html {
  const content = html`<h1>Erase a person</h1>
    <p class="lead">Removes what is kept of a person in Redis, spools and the archive, deletes the person in Customer.io, and skips their calls from then on.</p>
    ${viewer.canWrite ? html`${form({ connections, chosen, problem })}${list(receipts)}` : html`<section class="card empty"><p>Erasing and its receipts are for operators.</p></section>`}`;
  return layout({ title: "Erase a person", content, section: "erasure", viewer });
}

function form({
  connections,
  chosen,
  problem,
}: Pick<ErasurePage, "connections" | "chosen" | "problem">): Html {
  return html`<form class="card" method="post" action="/erasure">
      <div class="field">
        <label for="person">Person</label>
        <input id="person" name="person" required autocomplete="off" spellcheck="false" aria-describedby="person-hint"${problem === undefined ? "" : html` aria-invalid="true"`}>
        ${problem === undefined ? "" : html`<p class="problem" role="alert">${problem.message}.</p>`}
        <p class="hint" id="person-hint">An id or email address, or a key such as anonymous_id:x. It is not shown again.</p>
      </div>
      ${selectField({
        name: "connection",
        label: "Connection",
        value: chosen,
        choices: [[allConnections, "All"], ...connections.map(({ id, name }) => [id, name] as const)],
      })}
      <p><label><input type="checkbox" name="suppress"> Suppress in Customer.io, which then takes no data about the person, instead of deleting</label></p>
      <p class="actions"><button class="danger">Erase</button></p>
    </form>`;
}

/** While something is outstanding, the page loads itself again. */
function list(receipts: Receipt[]): Html {
  if (receipts.length === 0) {
    return html`<section class="card empty"><h2>No receipts</h2><p>Nobody was erased.</p></section>`;
  }
  const isUnsettled = receipts.some(({ state }) => state === "outstanding");
  return html`<section class="card" aria-labelledby="receipts"${isUnsettled ? html` data-unsettled` : ""}>
      <h2 id="receipts">Receipts</h2>
      <table class="rows stack">
        <thead><tr><th scope="col">Requested</th><th scope="col">State</th><th scope="col">Removed</th><th scope="col">Not reached</th><th scope="col">Change</th></tr></thead>
        <tbody>${receipts.map(row)}</tbody>
      </table>
    </section>`;
}

function row({ id, requestedAt, state, suppress, connections, intakes, unreachable }: Receipt): Html {
  const what = suppress ? "suppress" : "delete";
  return html`<tr>
          <th scope="row">${timeMark(Date.parse(requestedAt), "full")}<span class="reason"><code>${id}</code> · ${what}</span></th>
          <td data-label="State">${state}${state === "outstanding" ? [...connections.flatMap(outstandingOf), ...intakes.outstanding].map((text) => html`<span class="reason">${text}</span>`) : ""}</td>
          <td data-label="Removed">${connections.map(removed)}</td>
          <td data-label="Not reached">${unreachable.map((text) => html`<span class="reason">${text}</span>`)}</td>
          <td data-label="Change">${state === "lifted" ? "–" : lift(id)}</td>
        </tr>`;
}

function outstandingOf({ name, outstanding }: ConnectionReceipt): string[] {
  return outstanding.map((text) => `${name}: ${text}`);
}

function removed({ name, removed: { waiting, failed, records, archived } }: ConnectionReceipt): Html {
  return html`<span class="reason">${name}: ${formatCount(waiting)} waiting, ${formatCount(failed)} failed, ${formatCount(records)} records, ${formatCount(archived)} archived</span>`;
}

function lift(id: string): Html {
  return html`<form method="post" action="/erasure/lift"><input type="hidden" name="id" value="${id}"><button>Lift<span class="unseen"> ${id}</span></button></form>`;
}
