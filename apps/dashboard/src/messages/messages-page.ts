import type { Connection, ShownSource } from "@customerio-router/connections";
import { callTypes } from "@customerio-router/messages";
import { reasons } from "../delivery/reasons.ts";
import type { Viewer } from "../login/viewer.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import { selectField } from "../page/select-field.ts";
import { timeMark, zoneMark } from "../page/time-mark.ts";
import { utcField } from "../page/utc-time.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { filterQuery, type MessageFilter, messageStates } from "./find/message-filter.ts";
import type { MessagePage } from "./find/message-page.ts";
import { messageRow, outcomeLabels } from "./message-row.ts";

type MessagesPage = {
  page: MessagePage;
  connections: Connection[];
  sources: ShownSource[];
  /** Events of the last days, to choose from. */
  events: string[];
  /** What else the person is called who is looked for. */
  otherNames: string[];
  filter: MessageFilter;
  /** Where the page begins when it is not the newest one. */
  before: string | undefined;
  privacy: Privacy;
  viewer: Viewer;
};

/** What comes in and what became of it, newest first; the first page goes on by itself. */
export function messagesPage(options: MessagesPage): Html {
  const { page, filter, before, privacy, viewer } = options;
  const live =
    before === undefined && filter.messageId === "" ? `/messages/stream?${filterQuery(filter)}` : "";
  const content = html`<div class="heading">
      <h1>Messages</h1>
      ${live === "" ? "" : html`<button type="button" data-live="${live}" aria-pressed="true" hidden>Live</button>`}
    </div>
    <p class="lead">Every message and what became of it, newest first: find one by its person, its event or when it was received.</p>
    ${filterForm(options)}
    ${otherNames(options)}
    ${page.messages.length === 0 ? noneFound(filter, page) : ""}
    <table class="card rows messages stack"${page.messages.length === 0 ? html` hidden` : ""}>
      <thead>
        <tr><th scope="col">Time ${zoneMark()}</th><th scope="col">Message</th><th scope="col">Person</th><th scope="col">Connection</th><th scope="col">Outcome</th></tr>
      </thead>
      <tbody id="messages">${page.messages.map((known) => messageRow(known, privacy))}</tbody>
    </table>
    ${pages(options)}
    ${page.sinceMs === undefined ? "" : html`<p class="hint">Outcomes go back to ${timeMark(page.sinceMs, "full")}: they are kept for one day, or until they fill <code>RECORD_BYTES</code>.</p>`}
    ${page.searchedToMs === undefined ? "" : html`<p class="hint">Searched back to messages of ${timeMark(page.searchedToMs, "full")}${page.searching === undefined ? "" : html`, in the archive of ${page.searching}: archives are searched one connection after the other`}${page.next === undefined ? "" : ". There may be older ones: search on"}.</p>`}`;
  return layout({ title: "Messages", content, section: "messages", viewer });
}

function filterForm({ connections, sources, filter, events }: MessagesPage): Html {
  const isMore = filter.type !== "" || filter.where !== "";
  return html`<form class="card filters" method="get" action="/messages" role="search" aria-label="Messages">
      ${textField("messageId", "messageId", filter.messageId)}
      ${textField("person", "Person", filter.person, "userId, email")}
      <div class="field"><label for="event">Event</label><input id="event" name="event" value="${filter.event}" list="events" placeholder="Order Completed" autocomplete="off" spellcheck="false"><datalist id="events">${events.map((event) => html`<option value="${event}"></option>`)}</datalist></div>
      ${selectField({
        name: "connection",
        label: "Connection",
        value: filter.connection,
        choices: [["", "All"], ...connections.map(({ id, name }): [string, string] => [id, name])],
      })}
      ${
        sources.length < 2
          ? ""
          : selectField({
              name: "source",
              label: "Source",
              value: filter.source,
              choices: [["", "All"], ...sources.map(({ id, name }): [string, string] => [id, name])],
            })
      }
      ${selectField({ name: "outcome", label: "Outcome", value: filter.outcome, choices: [["", "Any"], ...messageStates.map((state): [string, string] => [state, outcomeLabels[state]])] })}
      ${selectField({ name: "reason", label: "Reason", value: filter.reason, choices: [["", "Any"], ...reasonChoices(filter.reason)] })}
      ${utcField("from", "Received from", filter.from)}
      ${utcField("to", "Received before", filter.to)}
      <details class="all"${isMore ? html` open` : ""}>
        <summary>More filters</summary>
        <div class="filters">
          ${selectField({ name: "type", label: "Type", value: filter.type, choices: [["", "Any"], ...callTypes.map((type): [string, string] => [type, type])] })}
          <div class="field wide"><label for="where">Condition</label><input id="where" name="where" value="${filter.where}" placeholder="message.properties.total > 100.0" autocomplete="off" spellcheck="false"></div>
        </div>
      </details>
      <p class="actions"><button class="primary">Search</button> <a href="/messages">Clear</a></p>
    </form>`;
}

function textField(name: string, label: string, value: string, placeholder = ""): Html {
  return html`<div class="field"><label for="${name}">${label}</label><input id="${name}" name="${name}" value="${value}" placeholder="${placeholder}" autocomplete="off" spellcheck="false"></div>`;
}

/** Why messages are rejected or skipped, in words; a reason of the address that is none of them stays chosen. */
function reasonChoices(chosen: string): [string, string][] {
  const known = (["rejected", "skipped"] as const).flatMap((outcome) =>
    Object.entries(reasons[outcome] ?? {}).map(([reason, { what }]): [string, string] => [
      reason,
      `${outcomeLabels[outcome]}: ${what.replaceAll("`", "")}`,
    ]),
  );
  const isKnown = chosen === "" || known.some(([reason]) => reason === chosen);
  return isKnown ? known : [[chosen, chosen], ...known];
}

/** A support person knows an email address; most messages carry a user id alone. */
function otherNames({ otherNames, filter }: MessagesPage): Html | "" {
  if (otherNames.length === 0) return "";
  const links = otherNames.map(
    (name, index) =>
      html`${index > 0 ? ", " : ""}<a href="/messages?${filterQuery({ ...filter, person: name })}">${name}</a>`,
  );
  return html`<p>The same person is also named ${links}. Messages that carry only ${otherNames.length === 1 ? "that name" : "one of these names"} are under it.</p>`;
}

function pages({ page: { next }, filter, before }: MessagesPage): Html | "" {
  if (next === undefined && before === undefined) return "";
  return html`<p class="actions">
      ${before === undefined ? "" : html`<a href="/messages?${filterQuery(filter)}">Newest messages</a>`}
      ${next === undefined ? "" : html`<a class="button" href="/messages?${filterQuery(filter, { before: next })}">Search older messages</a>`}
    </p>`;
}

function noneFound({ messageId }: MessageFilter, { next }: MessagePage): Html {
  if (messageId !== "") {
    return html`<section class="card empty" data-none>
      <h2>No message with this id</h2>
      <p>Perhaps the intake refused it, because of a wrong write key or invalid JSON for example. Perhaps its record is no
        longer kept. Or its sender used another id: SDKs generate the <code>messageId</code> themselves.</p>
    </section>`;
  }
  const advice =
    next === undefined
      ? "No message matches in all that is kept. New messages appear here at once."
      : "None of the messages searched so far matches. Search older ones.";
  return html`<section class="card empty" data-none><h2>No messages</h2><p>${advice}</p></section>`;
}
