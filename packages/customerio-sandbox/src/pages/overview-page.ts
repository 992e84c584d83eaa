import type { Memory } from "../memory/memory.ts";
import { findActivities, listPeople } from "../memory/queries.ts";
import { activityTable } from "./activity-list.ts";
import { type Html, html } from "./html.ts";
import { peopleTable } from "./people-table.ts";

const peopleShown = 10;
const activitiesShown = 25;

export function overviewPage({ workspace, counts }: Memory): Html {
  const people = listPeople(workspace, { limit: peopleShown });
  const activity = findActivities(workspace, { order: "newest", limit: activitiesShown });
  const figures = [
    ["People", workspace.people.all.size],
    ["Operations accepted", counts.accepted],
    ["Operations rejected", counts.refused],
    ["Duplicates", counts.duplicates],
  ] as const;
  return html`<h1 class="unseen">Overview</h1>
<dl class="figures">${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value.toLocaleString("en")}</dd></div>`)}</dl>
<section aria-labelledby="people"><div class="head"><h2 id="people">People</h2>${people.next !== null && html`<a href="/people">All people</a>`}</div>
${peopleTable(people.entries.map(([, person]) => person))}</section>
<section aria-labelledby="activity"><div class="head"><h2 id="activity">Activity</h2>${activity.next !== null && html`<a href="/activity">All activity</a>`}</div>
${activityTable(activity.entries.map(([, entry]) => entry))}</section>`;
}
