import { type Html, html } from "../html.ts";

/** What is wrong with the field above it. */
export function problemMark(problem: string | undefined): Html | "" {
  return problem === undefined ? "" : html`<p class="problem">${problem}</p>`;
}
