import { attributesOf } from "../api/views.ts";
import { identifierOf, isUnsubscribed, nameOf, type Person } from "../memory/people/person.ts";
import { type Html, html } from "./html.ts";
import { time } from "./time.ts";

const attributesShown = 3;

export function peopleTable(people: Person[]): Html {
  if (people.length === 0) {
    return html`<p class="empty">No people yet. Send an <code>identify</code> call to create one.</p>`;
  }
  return html`<table class="people">
<thead><tr><th scope="col">Person</th><th scope="col">Status</th><th scope="col">Attributes</th><th scope="col">Devices</th><th scope="col">Updated</th></tr></thead>
<tbody>${people.map(row)}</tbody>
</table>`;
}

function row(person: Person): Html {
  const id = identifierOf(person, "id");
  const name = nameOf(person);
  return html`<tr>
<th scope="row"><a href="/people/${person.cioId}"><bdi>${name}</bdi></a>${id !== undefined && id !== name && html`<span class="sub"><bdi>${id}</bdi></span>`}</th>
<td data-label="Status">${subscription(person)}</td>
<td data-label="Attributes">${attributeChips(person)}</td>
<td data-label="Devices">${deviceSummary(person)}</td>
<td data-label="Updated">${time(person.updatedAtMs)}</td>
</tr>`;
}

export function subscription(person: Person): Html {
  return isUnsubscribed(person)
    ? html`<span class="badge off">Unsubscribed</span>`
    : html`<span class="badge on">Subscribed</span>`;
}

function attributeChips(person: Person): Html {
  const { id, email, phone, unsubscribed, ...others } = attributesOf(person);
  const all = Object.entries(others);
  if (all.length === 0) return html`<span class="none">None</span>`;
  const more = all.length - attributesShown;
  return html`<ul class="chips">${all
    .slice(0, attributesShown)
    .map(
      ([name, value]) =>
        html`<li><b><bdi>${shorten(name)}</bdi></b> <bdi>${shorten(valueText(value))}</bdi></li>`,
    )}${more > 0 && html`<li class="more">+${more}</li>`}</ul>`;
}

function deviceSummary({ devices }: Person): Html {
  if (devices.size === 0) return html`<span class="none">None</span>`;
  const platforms = new Set([...devices.values()].map(({ platform }) => platformName(platform)));
  return html`${devices.size} <span class="sub inline">${[...platforms].join(", ")}</span>`;
}

export function platformName(platform: string): string {
  return platform === "ios" ? "iOS" : "Android";
}

/** Strings without quotes, other values as JSON. */
export function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function shorten(text: string): string {
  const characters = [...text.slice(0, 64)];
  return characters.length <= 28 ? text : `${characters.slice(0, 27).join("")}…`;
}
