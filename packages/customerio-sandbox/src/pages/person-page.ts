import type { Memory } from "../memory/memory.ts";
import type { DeviceFields } from "../memory/operation.ts";
import { nameOf, type Person } from "../memory/people/person.ts";
import { findActivities } from "../memory/queries.ts";
import { activityTable } from "./activity-list.ts";
import { type Html, html } from "./html.ts";
import { platformName, subscription, valueText } from "./people-table.ts";
import { time } from "./time.ts";

const activitiesShown = 100;

export function personPage({ workspace }: Memory, person: Person): Html {
  const { cioId, createdAtMs, devices, relationships } = person;
  const { entries, next } = findActivities(workspace, {
    person: cioId,
    order: "newest",
    limit: activitiesShown,
  });
  return html`<nav class="crumb" aria-label="Breadcrumb"><a href="/people">People</a></nav>
<div class="head"><h1><bdi>${nameOf(person)}</bdi></h1>${subscription(person)}</div>
<p class="sub"><code>${cioId}</code> · created ${time(createdAtMs)}</p>
<div class="columns">
<section aria-labelledby="attributes"><h2 id="attributes">Attributes</h2>${attributeTable(person)}</section>
<div>
<section aria-labelledby="devices"><h2 id="devices">Devices</h2>
${devices.size === 0 ? html`<p class="empty">None.</p>` : html`<ul class="cards">${[...devices.values()].map(deviceCard)}</ul>`}</section>
<section aria-labelledby="relationships"><h2 id="relationships">Relationships</h2>
${relationships.size === 0 ? html`<p class="empty">None.</p>` : relationshipCards(person)}</section>
</div>
</div>
<section aria-labelledby="activity"><div class="head"><h2 id="activity">Activity</h2>${next !== null && html`<a href="/activity?person=${cioId}">All activity</a>`}</div>
${activityTable(
  entries.map(([, activity]) => activity),
  { isOfOnePerson: true },
)}</section>`;
}

function attributeTable({ attributes }: Person): Html {
  const set = [...attributes].filter(([, { value }]) => value !== undefined);
  return html`<table class="attributes">
<thead><tr><th scope="col">Name</th><th scope="col">Value</th><th scope="col">Updated</th></tr></thead>
<tbody>${set.map(
    ([name, { value, timestamp }]) =>
      html`<tr><th scope="row"><bdi>${name}</bdi></th><td data-label="Value"><bdi>${valueText(value)}</bdi></td><td data-label="Updated">${time(timestamp * 1_000)}</td></tr>`,
  )}</tbody></table>`;
}

function deviceCard({ token, platform, last_used, attributes = {} }: DeviceFields): Html {
  return html`<li><strong>${platformName(platform)}</strong>${last_used !== undefined && html` <span class="sub inline">last used ${time(last_used * 1_000)}</span>`}
<code><bdi>${token}</bdi></code>${pairs(attributes)}</li>`;
}

function relationshipCards({ relationships }: Person): Html {
  return html`<ul class="cards">${[...relationships].map(
    ([object, attributes]) =>
      html`<li><strong><bdi>${object.id}</bdi></strong> <span class="sub inline">object type ${object.typeId}</span>${pairs(attributes)}</li>`,
  )}</ul>`;
}

function pairs(attributes: { [name: string]: unknown }): Html {
  const all = Object.entries(attributes);
  if (all.length === 0) return html``;
  return html`<ul class="chips">${all.map(([name, value]) => html`<li><b><bdi>${name}</bdi></b> <bdi>${valueText(value)}</bdi></li>`)}</ul>`;
}
