import {
  type AlertSettings,
  alertConditions,
  alertSettings,
  defaultAlertSettings,
} from "@customerio-router/alerts";
import { situations } from "@customerio-router/reports";
import { type Html, html } from "../page/html.ts";
import type { TextFields } from "../page/text-fields.ts";
import { withCode } from "../page/with-code.ts";
import type { Told } from "./alerts-page.ts";

const { off: _off, ...fields } = alertSettings.shape;
const names = Object.keys(fields) as (keyof typeof fields)[];

/** The thresholds as the form holds them: blank is the default. */
export function readSettingsForm(given: TextFields): object {
  const values = names.flatMap((name) => {
    const text = given[name]?.trim() ?? "";
    if (text === "") return [];
    return [[name, /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text]];
  });
  const off = alertConditions.filter((condition) => given[`tell.${condition}`] === undefined);
  return { ...Object.fromEntries(values), off };
}

/** Which conditions are told, and from when on. */
export function settingsForm(settings: AlertSettings, { problems = [], settings: given }: Told): Html {
  return html`<form class="card form" method="post" action="/alerts/settings" aria-labelledby="thresholds">
      <h2 id="thresholds">Conditions</h2>
      <fieldset>
        <legend>Tell of</legend>
        ${alertConditions.map((condition) => {
          const isTold = given ? given[`tell.${condition}`] !== undefined : !settings.off.includes(condition);
          return html`<div><label><input type="checkbox" name="tell.${condition}"${isTold ? html` checked` : ""}> ${situations[condition].symptom}</label></div>`;
        })}
      </fieldset>
      ${names.map((name) =>
        field(name, {
          value: given?.[name] ?? settings[name] ?? "",
          problem: problems.find((problem) => problem.field === name)?.message,
        }),
      )}
      <p class="actions"><button class="primary">Save the conditions</button></p>
    </form>`;
}

function field(
  name: keyof typeof fields,
  { value, problem }: { value: string | number; problem: string | undefined },
): Html {
  const { description = "" } = fields[name];
  const standard = defaultAlertSettings[name];
  return html`<div class="field">
        <label for="${name}"><code>${name}</code></label>
        <input id="${name}" name="${name}" value="${value}" autocomplete="off" spellcheck="false"${name === "dashboardUrl" ? "" : html` inputmode="decimal"`} aria-describedby="${name}-hint"${problem === undefined ? "" : html` aria-invalid="true"`}>
        ${problem === undefined ? "" : html`<p class="problem">${withCode(problem)}</p>`}
        <p class="hint" id="${name}-hint">${withCode(`${description}.`)} Default: ${standard === null ? "none" : html`<code>${standard}</code>`}.</p>
      </div>`;
}
