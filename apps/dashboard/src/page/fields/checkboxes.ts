import { type Html, html } from "../html.ts";
import type { TextFields } from "../text-fields.ts";
import { problemMark } from "./problem-mark.ts";

type Checkboxes = {
  /** Before the id of each in the name of its field: `sources.c1`. */
  name: string;
  legend: string;
  hint: string;
  choices: readonly { id: string; name: string; note?: string }[];
  values: TextFields;
  problem: string | undefined;
};

/** A choice of any number, each a field of its own, so that a form with problems keeps what was ticked. */
export function checkboxes({ name, legend, hint, choices, values, problem }: Checkboxes): Html {
  return html`<fieldset aria-describedby="${name}-hint">
        <legend>${legend}</legend>
        ${problemMark(problem)}
        <p class="hint" id="${name}-hint">${hint}</p>
        ${choices.map(
          ({ id, name: label, note }) =>
            html`<label><input type="checkbox" name="${name}.${id}"${values[`${name}.${id}`] === undefined ? "" : html` checked`}> ${label}${note === undefined ? "" : html` <span class="hint">${note}</span>`}</label>`,
        )}
      </fieldset>`;
}

/** The ids of those that are ticked. */
export function readChecked(name: string, fields: TextFields): string[] {
  const prefix = `${name}.`;
  return Object.keys(fields).flatMap((field) => (field.startsWith(prefix) ? field.slice(prefix.length) : []));
}

/** What the form shows for ids as they stand. */
export function checkedTexts(name: string, ids: readonly string[]): TextFields {
  return Object.fromEntries(ids.map((id) => [`${name}.${id}`, "on"]));
}
