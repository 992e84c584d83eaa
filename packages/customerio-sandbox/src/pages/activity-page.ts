import { activityTypes } from "../memory/activities.ts";
import type { Memory } from "../memory/memory.ts";
import { findActivities } from "../memory/queries.ts";
import { activityTable } from "./activity-list.ts";
import { type Html, html } from "./html.ts";

const activitiesShown = 50;

type ActivityFilter = {
  person?: string | undefined;
  type?: string | undefined;
  name?: string | undefined;
  after?: number | undefined;
};

export function activityPage({ workspace }: Memory, filter: ActivityFilter): Html {
  const { entries, next } = findActivities(workspace, { ...filter, order: "newest", limit: activitiesShown });
  return html`<div class="head"><h1>Activity</h1></div>
${filterForm(filter)}
${activityTable(entries.map(([, activity]) => activity))}
${next !== null && html`<nav class="pages" aria-label="Pages"><a href="${olderThan(next, filter)}">Older activity</a></nav>`}`;
}

function filterForm({ person, type, name }: ActivityFilter): Html {
  return html`<form class="filter" method="get" action="/activity" role="search">
<label>Type <select name="type"><option value="">All</option>${activityTypes.map(
    (each) => html`<option${each === type && html` selected`}>${each}</option>`,
  )}</select></label>
<label>Name <input name="name" value="${name}" autocomplete="off"></label>
<label>Person <input name="person" value="${person}" placeholder="Email, id or cio_id" autocomplete="off"></label>
<button>Filter</button>${(person ?? type ?? name) !== undefined && html`<a href="/activity">Clear</a>`}
</form>`;
}

function olderThan(after: number, { person, type, name }: ActivityFilter): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries({ type, name, person }))
    if (value !== undefined) query.set(key, value);
  query.set("after", String(after));
  return `/activity?${query}`;
}
