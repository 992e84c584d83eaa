import type { Activity, ActivityType } from "../memory/activities.ts";
import { nameOf } from "../memory/people/person.ts";
import { type Html, html } from "./html.ts";
import { time } from "./time.ts";

/** The colour of an activity's type. */
const tones: { [Type in ActivityType]: string } = {
  Event: "blue",
  "Page View": "violet",
  "Screen View": "teal",
  "Attribute change": "green",
  "Failed attribute change": "red",
  "Person deleted": "red",
  "Person suppressed": "red",
  "Person unsuppressed": "green",
  "People merged": "amber",
  "Device added": "amber",
  "Device deleted": "red",
  "Object change": "grey",
  "Object deleted": "red",
  "Relationship added": "grey",
  "Relationship deleted": "red",
  "Delivery event": "pink",
};

/** `isOfOnePerson` leaves out the column that says who. */
export function activityTable(activities: Activity[], { isOfOnePerson = false } = {}): Html {
  if (activities.length === 0) return html`<p class="empty">No activity yet.</p>`;
  return html`<table class="activity">
<thead><tr><th scope="col">Type</th><th scope="col">Name</th>${!isOfOnePerson && html`<th scope="col">Person</th>`}<th scope="col">Received</th></tr></thead>
<tbody>${activities.map((activity) => row(activity, isOfOnePerson))}</tbody>
</table>`;
}

function row(activity: Activity, isOfOnePerson: boolean): Html {
  const { type, receivedAtMs } = activity;
  return html`<tr>
<td data-label="Type"><span class="type ${tones[type]}">${type}</span></td>
<td data-label="Name">${nameAndData(activity)}</td>
${!isOfOnePerson && html`<td data-label="Person">${who(activity)}</td>`}
<td data-label="Received">${time(receivedAtMs)}</td>
</tr>`;
}

function nameAndData({ name, data, id, timestamp }: Activity): Html {
  const shown = name === "" ? html`<span class="none">No name</span>` : html`<bdi>${name}</bdi>`;
  const details = { ...(id !== undefined && { id }), ...(timestamp !== undefined && { timestamp }), data };
  if (id === undefined && Object.keys(data ?? {}).length === 0)
    return html`<span class="plain">${shown}</span>`;
  return html`<details><summary>${shown}</summary><pre>${JSON.stringify(details, null, 2)}</pre></details>`;
}

/** Objects and deliveries have no person; a deleted person has only an identifier left. */
function who({ type, person, identifiers }: Activity): Html {
  if (person !== undefined) return html`<a href="/people/${person.cioId}"><bdi>${nameOf(person)}</bdi></a>`;
  const { anonymous_id, ...known } = identifiers;
  if (anonymous_id !== undefined)
    return html`<bdi>${anonymous_id}</bdi> <span class="sub inline">anonymous</span>`;
  const isAboutPerson = !type.startsWith("Object") && type !== "Delivery event";
  const identifier = isAboutPerson ? Object.values(known)[0] : undefined;
  if (identifier === undefined) return html`<span class="none">None</span>`;
  const isGone = type.startsWith("Person");
  return html`<bdi>${identifier}</bdi>${!isGone && html` <span class="sub inline">not identified</span>`}`;
}
