import { type Html, html } from "./html.ts";

/** A choice of some values, each with how it is called. */
export function selectField({
  name,
  label,
  value,
  choices,
}: {
  name: string;
  label: string;
  value: string;
  choices: readonly (readonly [value: string, label: string])[];
}): Html {
  return html`<div class="field">
        <label for="${name}">${label}</label>
        <select id="${name}" name="${name}">${choices.map(
          ([choice, text]) =>
            html`<option value="${choice}"${choice === value ? html` selected` : ""}>${text}</option>`,
        )}</select>
      </div>`;
}
