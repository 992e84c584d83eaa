import { type FoundSituation, type SituationName, situations } from "@customerio-router/reports";
import { type Html, html } from "../page/html.ts";

/** Where a person sees the messages of a situation, and does something about them. */
const pages: { [Name in SituationName]?: { path: string; link: string } } = {
  "many-rejected": { path: "/failed", link: "See them with their reasons" },
};

/** What is wrong at the moment, with a link to what to do. */
export function banner(found: readonly FoundSituation[]): Html | "" {
  if (found.length === 0) return "";
  return html`<section class="banner" aria-label="What is wrong" role="status">
      <ul>${found.map(item)}</ul>
    </section>`;
}

function item({ name, detail = situations[name].meaning }: FoundSituation): Html {
  const page = pages[name];
  return html`<li><strong>${situations[name].symptom}</strong> ${detail} ${page ? html`<a href="${page.path}">${page.link}</a> ` : ""}<a href="/runbook#${name}">What to do</a></li>`;
}
