import type { Connection } from "@customerio-router/connections";
import { type Html, html } from "../page/html.ts";
import { filterQuery, type MessageFilter } from "./find/message-filter.ts";
import type { MessagePage } from "./find/message-page.ts";

type NoneFound = {
  filter: MessageFilter;
  page: MessagePage;
  connections: Connection[];
  /** Events of the last days. */
  events: string[];
};

const maxSuggestions = 3;

/** An empty list: what the filters mean, and what a person may have meant. */
export function noneFound({ filter, page, connections, events }: NoneFound): Html {
  const { connection, messageId } = filter;
  if (connection !== "" && !connections.some(({ id }) => id === connection)) return deletedConnection(filter);
  if (messageId !== "") return unknownId(messageId);
  const advice =
    page.next === undefined
      ? "No message matches in all that is kept. New messages appear here at once."
      : "None of the messages searched so far matches. Search older ones.";
  const hints = [onPerson(filter), onEvent(filter, events), onTimes(filter)].flatMap((hint) => hint ?? []);
  return html`<section class="card empty" data-none>
      <h2>No messages</h2>
      <p>${advice}</p>
      ${hints.length === 0 ? "" : html`<ul class="plain">${hints.map((hint) => html`<li>${hint}</li>`)}</ul>`}
    </section>`;
}

function deletedConnection(filter: MessageFilter): Html {
  return html`<section class="card empty" data-none>
      <h2>No such connection</h2>
      <p>The connection was deleted, and its messages with it.
        <a href="/messages?${filterQuery({ ...filter, connection: "" })}">Search all connections</a></p>
    </section>`;
}

function unknownId(messageId: string): Html {
  const where = `message.properties.order_id == ${JSON.stringify(messageId)}`;
  return html`<section class="card empty" data-none>
      <h2>No message with this id</h2>
      <p>Perhaps the intake refused it, because of a wrong write key or invalid JSON for example. Perhaps its record is no
        longer kept. Or its sender used another id: SDKs generate the <code>messageId</code> themselves.</p>
      <p>Is it the number of an order? <a href="/messages?${new URLSearchParams({ where })}">Search for it as <code>order_id</code></a></p>
    </section>`;
}

function onPerson({ person }: MessageFilter): string | undefined {
  if (person === "") return undefined;
  return "A person is found by the whole user id, anonymous id or email address, not by a part of it. Nothing is kept of an erased person.";
}

function onEvent(filter: MessageFilter, events: string[]): Html | undefined {
  const { event } = filter;
  if (event === "" || events.includes(event)) return undefined;
  const [, typed = ""] = /^\S+ (.+)$/.exec(event.toLowerCase()) ?? [];
  const alike = events.filter((known) => typed !== "" && known.toLowerCase().includes(typed));
  const links = alike
    .slice(0, maxSuggestions)
    .map(
      (known, index) =>
        html`${index > 0 ? ", " : ""}<a href="/messages?${filterQuery({ ...filter, event: known })}">${known}</a>`,
    );
  return html`An event is found by its whole name, in upper and lower case as it was sent.${links.length === 0 ? "" : html` Did you mean ${links}?`}`;
}

function onTimes(filter: MessageFilter): Html | undefined {
  const { from, to, time } = filter;
  // As `writeUtcTime` writes them, texts are in the order of times.
  if (from !== "" && to !== "" && from >= to) return html`The end is not after the beginning.`;
  if ((from === "" && to === "") || time === "happened") return undefined;
  return html`Messages are found by when they were received. What was imported or sent late may have happened long before:
        <a href="/messages?${filterQuery({ ...filter, time: "happened" })}">search by when it happened</a>`;
}
