import { alertConditions, type Silence } from "@customerio-router/alerts";
import { situations } from "@customerio-router/reports";
import { type Html, html } from "../page/html.ts";
import { selectField } from "../page/select-field.ts";
import type { TextFields } from "../page/text-fields.ts";
import { timeMark } from "../page/time-mark.ts";
import type { AlertsPage } from "./alerts-page.ts";

const hourMs = 3_600_000;
const lengths = [
  ["1", "1 hour"],
  ["4", "4 hours"],
  ["24", "1 day"],
  ["168", "1 week"],
] as const;

export function readPauseForm({ hours = "1", note = "" }: TextFields): object {
  return { until: new Date(Date.now() + Math.min(Number(hours) || 0, 10_000) * hourMs).toISOString(), note };
}

export function readSilenceForm(given: TextFields): object {
  const { condition = "", connection = "" } = given;
  return { ...readPauseForm(given), ...(condition && { condition }), ...(connection && { connection }) };
}

/** What is not told, until when, and why. */
export function silenceForms({ stored, connections, viewer }: AlertsPage): Html {
  const nowMs = Date.now();
  const silences = stored.silences.filter(({ untilMs }) => untilMs > nowMs);
  const pause = stored.pause && stored.pause.untilMs > nowMs ? stored.pause : undefined;
  const names = new Map(connections.map(({ id, name }) => [id, name]));
  const canWrite = viewer.canWrite;
  return html`<section class="card" aria-labelledby="silences">
      <h2 id="silences">Silences</h2>
      <p class="hint">What is silenced is told afterwards, if it still lasts.</p>
      ${pause ? html`<p class="warning">Everything is paused until ${timeMark(pause.untilMs, "full")}. ${pause.note}</p>` : ""}
      ${pause && canWrite ? html`<form method="post" action="/alerts/pause/end"><button>End the pause</button></form>` : ""}
      ${silences.length === 0 ? "" : table(silences, { names, canWrite })}
      ${canWrite ? html`${newSilence(connections)}${pause ? "" : newPause()}` : ""}
    </section>`;
}

function table(
  silences: Silence[],
  { names, canWrite }: { names: ReadonlyMap<string, string>; canWrite: boolean },
): Html {
  return html`<table class="rows stack">
        <thead><tr><th scope="col">Silenced</th><th scope="col">Until</th><th scope="col">Note</th>${canWrite ? html`<th scope="col">Change</th>` : ""}</tr></thead>
        <tbody>${silences.map(({ id, condition, connection, untilMs, note }) => {
          const what = [
            condition && situations[condition].symptom,
            connection && (names.get(connection) ?? connection),
          ].filter(Boolean);
          return html`<tr>
          <th scope="row">${what.join(" ")}</th>
          <td data-label="Until">${timeMark(untilMs, "full")}</td>
          <td data-label="Note">${note}</td>
          ${canWrite ? html`<td data-label="Change"><form method="post" action="/alerts/silences/end"><input type="hidden" name="id" value="${id}"><button>End<span class="unseen"> the silence of ${what.join(" ")}</span></button></form></td>` : ""}
        </tr>`;
        })}</tbody>
      </table>`;
}

function newSilence(connections: AlertsPage["connections"]): Html {
  return html`<details>
        <summary>Silence a condition or a connection</summary>
        <form method="post" action="/alerts/silences" class="form">
          ${selectField({
            name: "condition",
            label: "Condition",
            value: "",
            choices: [
              ["", "Any"],
              ...alertConditions.map((name) => [name, situations[name].symptom] as const),
            ],
          })}
          ${selectField({
            name: "connection",
            label: "Connection",
            value: "",
            choices: [["", "Any"], ...connections.map(({ id, name }) => [id, name] as const)],
          })}
          ${lengthAndNote("silence")}
          <p class="actions"><button>Silence</button></p>
        </form>
      </details>`;
}

function newPause(): Html {
  return html`<details>
        <summary>Pause everything for maintenance</summary>
        <form method="post" action="/alerts/pause" class="form">
          ${lengthAndNote("pause")}
          <p class="actions"><button>Pause all alerts</button></p>
        </form>
      </details>`;
}

/** Two forms of one page have them, so their ids differ. */
function lengthAndNote(form: string): Html {
  return html`<div class="field">
            <label for="${form}-hours">For</label>
            <select id="${form}-hours" name="hours">${lengths.map(([hours, label]) => html`<option value="${hours}">${label}</option>`)}</select>
          </div>
          <div class="field">
            <label for="${form}-note">Note</label>
            <input id="${form}-note" name="note" maxlength="200" autocomplete="off">
          </div>`;
}
