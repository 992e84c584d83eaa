import { type Html, html } from "../html.ts";
import { withCode } from "../with-code.ts";

/** What is wrong with the field above it. */
export function problemMark(problem: string | undefined): Html | "" {
  return problem === undefined ? "" : html`<p class="problem">${withCode(problem)}</p>`;
}
