import type { Connection, ShownSource } from "@customerio-router/connections";
import { callTypes } from "@customerio-router/messages";
import { reasons } from "../delivery/reasons.ts";
import type { Viewer } from "../login/viewer.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import { selectField } from "../page/select-field.ts";
import { timeMark, zoneMark } from "../page/time-mark.ts";
import { utcField } from "../page/utc-time.ts";
import { withCode } from "../page/with-code.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { filterQuery, type MessageFilter, messageStates, readMessageFilter } from "./find/message-filter.ts";
import type { MessagePage } from "./find/message-page.ts";
import { messageRow, outcomeLabels } from "./message-row.ts";
import { noneFound } from "./none-found.ts";

type MessagesPage = {
  page: MessagePage;
  /** Why nothing can be found. */
  problem: string | undefined;
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
  const { page, problem, filter, before, privacy, viewer } = options;
  const live =
    problem === undefined && before === undefined && filter.messageId === ""
      ? `/messages/stream?${filterQuery(filter)}`
      : "";
  const content = html`<div class="heading">
      <h1>Messages</h1>
      ${live === "" ? "" : html`<button type="button" data-live="${live}" aria-pressed="true" hidden>Live</button>`}
    </div>
    <p class="lead">Every message and what became of it, newest first: find one by its person, its event or when it was received.</p>
    ${filterForm(options)}
    ${otherNames(options)}
    ${page.messages.length === 0 && problem === undefined ? noneFound(options) : ""}
    <table class="card rows messages stack"${page.messages.length === 0 ? html` hidden` : ""}>
      <thead>
        <tr><th scope="col">Time ${zoneMark()}</th><th scope="col">Message</th><th scope="col">Person</th><th scope="col">Connection</th><th scope="col">Outcome</th></tr>
      </thead>
      <tbody id="messages">${page.messages.map((known) => messageRow(known, privacy))}</tbody>
    </table>
    ${pages(options)}
    ${page.sinceMs === undefined ? "" : html`<p class="hint">Outcomes go back to ${timeMark(page.sinceMs, "full")}: they are kept for one day, or until they fill <code>RECORD_BYTES</code>.</p>`}
    ${searchedTo(page)}`;
  return layout({ title: "Messages", content, section: "messages", viewer });
}

const timeLabels = { "": "Received", happened: "Happened" };

function filterForm({ connections, sources, filter, problem, events }: MessagesPage): Html {
  const timeLabel = timeLabels[filter.time];
  const isMore = filter.time !== "" || filter.reason !== "" || filter.type !== "" || filter.where !== "";
  return html`<form class="card filters" method="get" action="/messages" role="search" aria-label="Messages">
      <div class="field wide"><label for="person">Person</label><input id="person" name="person" value="${filter.person}" placeholder="userId or email address" autocomplete="off" spellcheck="false"></div>
      <div class="field wide"><label for="event">Event</label><input id="event" name="event" value="${shownEvent(filter.event)}" list="events" placeholder="Order Completed" autocomplete="off" spellcheck="false"><datalist id="events">${events.map((event) => html`<option value="${event}"></option>`)}</datalist></div>
      <div class="field"><label for="messageId">messageId</label><input id="messageId" name="messageId" value="${filter.messageId}" autocomplete="off" spellcheck="false"></div>
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
      ${utcField("from", `${timeLabel} from`, filter.from)}
      ${utcField("to", `${timeLabel} before`, filter.to)}
      <details class="all"${isMore ? html` open` : ""}>
        <summary>More filters</summary>
        <div class="filters">
          ${selectField({ name: "time", label: "Times are when", value: filter.time, choices: Object.entries(timeLabels) })}
          ${selectField({ name: "type", label: "Type", value: filter.type, choices: [["", "Any"], ...callTypes.map((type): [string, string] => [type, type])] })}
          ${selectField({ name: "reason", label: "Reason", value: filter.reason, choices: [["", "Any"], ...reasonChoices(filter.reason)] })}
          <div class="field wide"><label for="where">Condition</label><input id="where" name="where" value="${filter.where}" placeholder="message.properties.total > 100.0" autocomplete="off" spellcheck="false"${problem === undefined ? "" : html` aria-invalid="true" aria-describedby="where-problem"`}></div>
          ${problem === undefined ? "" : html`<p class="problem all" id="where-problem" role="alert">This is no condition: ${withCode(problem)}</p>`}
        </div>
      </details>
      <p class="actions"><button class="primary">Search</button> <a href="/messages">Clear</a></p>
    </form>`;
}

/** As one would type it; `readMessageFilter` takes a name alone for that of a track call. */
function shownEvent(event: string): string {
  const name = event.replace(/^track /, "");
  return readMessageFilter({ event: name }).event === event ? name : event;
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

function searchedTo({ searchedToMs, searching, next }: MessagePage): Html | "" {
  if (searchedToMs === undefined) return "";
  const reached = timeMark(searchedToMs, "full");
  if (next === undefined) return html`<p class="hint">All that is kept was searched, back to ${reached}.</p>`;
  const where =
    searching === undefined
      ? ""
      : html`, in the archive of ${searching}: archives are searched one connection after the other`;
  return html`<p class="hint">Searched back to ${reached}${where}. There may be older messages: search on.</p>`;
}

/** A support person knows an email address; most messages carry a user id alone. */
function otherNames({ otherNames, filter }: MessagesPage): Html | "" {
  if (otherNames.length === 0) return "";
  const links = otherNames.map(
    (name, index) =>
      html`${index > 0 ? ", " : ""}<a href="/messages?${filterQuery({ ...filter, person: name })}">${name}</a>`,
  );
  const only =
    otherNames.length === 1
      ? "Follow the link for messages that carry only that name."
      : "Follow the links for messages that carry only one of these names.";
  return html`<p>This person is also called ${links}. ${only}</p>`;
}

function pages({ page: { next }, filter, before }: MessagesPage): Html | "" {
  if (next === undefined && before === undefined) return "";
  return html`<p class="actions">
      ${before === undefined ? "" : html`<a href="/messages?${filterQuery(filter)}">Newest messages</a>`}
      ${next === undefined ? "" : html`<a class="button" href="/messages?${filterQuery(filter, { before: next })}">Search older messages</a>`}
    </p>`;
}
