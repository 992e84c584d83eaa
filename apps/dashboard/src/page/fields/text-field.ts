import { type Html, html } from "../html.ts";
import { problemMark } from "./problem-mark.ts";

export type TextField = {
  name: string;
  label: string;
  hint: string;
  required?: boolean;
  value: string;
  problem: string | undefined;
};

/** One line of text, with what it is for and what is wrong with it. */
export function textField({ name, label, hint, required = false, value, problem }: TextField): Html {
  return html`<div class="field">
        <label for="${name}">${label}</label>
        <input id="${name}" name="${name}" value="${value}" autocomplete="off" spellcheck="false" aria-describedby="${name}-hint"${required ? html` required` : ""}>
        ${problemMark(problem)}
        <p class="hint" id="${name}-hint">${hint}</p>
      </div>`;
}
