import { type FoundSituation, situations } from "@customerio-router/reports";
import { type Html, html } from "../page/html.ts";

/** What is wrong at the moment, with a link to what to do. */
export function banner(found: readonly FoundSituation[]): Html | "" {
  if (found.length === 0) return "";
  return html`<section class="banner" aria-label="What is wrong" role="status">
      <ul>${found.map(
        ({ name, detail = situations[name].meaning }) =>
          html`<li><strong>${situations[name].symptom}</strong> ${detail} <a href="/runbook#${name}">What to do</a></li>`,
      )}</ul>
    </section>`;
}
