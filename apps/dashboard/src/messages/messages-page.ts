import type { Connection, ShownSource } from "@customerio-router/connections";
import { callTypes } from "@customerio-router/messages";
import type { Viewer } from "../login/viewer.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import { selectField } from "../page/select-field.ts";
import { timeMark } from "../page/time-mark.ts";
import type { Privacy } from "../privacy/privacy.ts";
import type { MessagePage } from "./find/find-messages.ts";
import { filterQuery, type MessageFilter, messageStates } from "./find/message-filter.ts";
import { messageRow } from "./message-row.ts";

type MessagesPage = {
  page: MessagePage;
  connections: Connection[];
  sources: ShownSource[];
  filter: MessageFilter;
  /** Where the page begins when it is not the newest one. */
  before: string | undefined;
  privacy: Privacy;
  viewer: Viewer;
};

/** What comes in and what became of it, newest first; the first page goes on by itself. */
export function messagesPage(options: MessagesPage): Html {
  const { page, connections, sources, filter, before, privacy, viewer } = options;
  const live =
    before === undefined && filter.messageId === "" ? `/messages/stream?${filterQuery(filter)}` : "";
  const content = html`<div class="heading">
      <h1>Messages</h1>
      ${live === "" ? "" : html`<button type="button" data-live="${live}" aria-pressed="true" hidden>Live</button>`}
    </div>
    ${filterForm({ connections, sources, filter })}
    ${page.messages.length === 0 ? noneFound(filter, page) : ""}
    <table class="card rows messages stack"${page.messages.length === 0 ? html` hidden` : ""}>
      <thead>
        <tr><th scope="col">Time</th><th scope="col">Message</th><th scope="col">Person</th><th scope="col">Connection</th><th scope="col">Outcome</th></tr>
      </thead>
      <tbody id="messages">${page.messages.map((known) => messageRow(known, privacy))}</tbody>
    </table>
    ${pages(options)}
    ${page.sinceMs === undefined ? "" : html`<p class="hint">Outcomes go back to ${timeMark(page.sinceMs, "full")}: they are kept for one day, or until they fill <code>RECORD_BYTES</code>.</p>`}
    ${page.searchedToMs === undefined ? "" : html`<p class="hint">The archive was searched back to ${timeMark(page.searchedToMs, "full")}.</p>`}`;
  return layout({ title: "Messages", content, section: "messages", viewer });
}

function filterForm({
  connections,
  sources,
  filter,
}: Pick<MessagesPage, "connections" | "sources" | "filter">): Html {
  return html`<form class="card filters" method="get" action="/messages" role="search" aria-label="Messages">
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
      ${selectField({ name: "type", label: "Type", value: filter.type, choices: [["", "Any"], ...callTypes.map(same)] })}
      ${selectField({ name: "outcome", label: "Outcome", value: filter.outcome, choices: [["", "Any"], ...messageStates.map(same)] })}
      <div class="field"><label for="person">Person</label><input id="person" name="person" value="${filter.person}" placeholder="userId, email" autocomplete="off" spellcheck="false"></div>
      <div class="field wide"><label for="where">Condition</label><input id="where" name="where" value="${filter.where}" placeholder="message.properties.total > 100.0" autocomplete="off" spellcheck="false"></div>
      <div class="field wide"><label for="messageId">messageId</label><input id="messageId" name="messageId" value="${filter.messageId}" autocomplete="off" spellcheck="false"></div>
      <p class="actions"><button class="primary">Search</button> <a href="/messages">Clear</a></p>
    </form>`;
}

const same = (text: string): [string, string] => [text, text];

function pages({ page: { next }, filter, before }: MessagesPage): Html | "" {
  if (next === undefined && before === undefined) return "";
  return html`<p class="actions">
      ${before === undefined ? "" : html`<a href="/messages?${filterQuery(filter)}">Newest messages</a>`}
      ${next === undefined ? "" : html`<a class="button" href="/messages?${filterQuery(filter, { before: next })}">Search older messages</a>`}
    </p>`;
}

function noneFound({ messageId, connection }: MessageFilter, { next }: MessagePage): Html {
  if (messageId !== "") {
    return html`<section class="card empty" data-none>
      <h2>No message with this id</h2>
      <p>Perhaps the intake refused it, because of a wrong write key or invalid JSON for example. Perhaps its record is no
        longer kept. Or its sender used another id: SDKs generate the <code>messageId</code> themselves.</p>
    </section>`;
  }
  const advice =
    next === undefined
      ? "No message matches. New messages appear here at once."
      : `None of the newest messages matches. ${connection === "" ? "Choose a connection to search older ones" : "Search older ones"}.`;
  return html`<section class="card empty" data-none><h2>No messages</h2><p>${advice}</p></section>`;
}
