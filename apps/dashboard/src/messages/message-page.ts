import { isDeepStrictEqual } from "node:util";
import { parseTime, valueAt } from "@customerio-router/messages";
import { nameState } from "@customerio-router/reports";
import { failedFields } from "../failed/failed-filter.ts";
import type { FailedChoice } from "../failed/find-failed.ts";
import type { Viewer } from "../login/viewer.ts";
import { type Html, html } from "../page/html.ts";
import { countOf } from "../page/in-words.ts";
import { jsonView } from "../page/json-view.ts";
import { layout } from "../page/layout.ts";
import { timeMark } from "../page/time-mark.ts";
import { withCode } from "../page/with-code.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { jobPath } from "../queues/connection-queue-adapter.ts";
import type { ExplainedMessage } from "./explain-message.ts";
import { failedChoice } from "./failed-choice.ts";
import { type KnownMessage, titleOf } from "./find/known-message.ts";
import { inWords, whySkipped } from "./in-words.ts";
import { mapped, whys } from "./mapped-view.ts";
import { messageMark } from "./message-row.ts";
import { type Timeline, timeline } from "./timeline.ts";
import { searchedAhead, type WhyWaiting } from "./why-waiting.ts";

type MessageView = Omit<Timeline, "known"> & {
  /** What is known of it, newest first; at least one. */
  known: [KnownMessage, ...KnownMessage[]];
  /** While it stands under *failed*. */
  choice: FailedChoice | undefined;
  /** The group of failed messages that it is or was of, where the person comes from there. */
  group: string | undefined;
  viewer: Viewer;
};

/** One message: what came, what was made of it and why, what Customer.io said to it each time. */
export function messagePage({ known, choice, group, viewer, ...view }: MessageView): Html {
  const [latest, ...earlier] = known;
  const { explained, waiting, privacy } = view;
  const { type, name } = titleOf(latest.message);
  const title = `${type} ${name}`.trim();
  const isRejected = latest.state === "rejected";
  const content = html`<p class="crumbs">${group ? backToGroup(latest.connection, group) : html`<a href="/messages?connection=${latest.connection.id}">Messages</a>`}</p>
    <div class="heading"><h1><span class="type">${type}</span> ${name} ${messageMark(latest.state)}</h1></div>
    <p class="${isRejected ? "problem" : "lead"}"${isFresh(latest) ? html` data-unsettled` : ""}>${withCode(privacy.maskSentence(inWords(latest, waiting)))}</p>
    ${isRejected ? failedChoice({ known: latest, choice, privacy, viewer }) : ""}
    ${waiting ? whyWaiting(waiting, privacy) : ""}
    ${timeline({ known: latest, ...view })}
    ${facts(latest, view)}
    ${earlier.length === 0 ? "" : before(earlier, privacy)}
    <div class="sides">
      <section class="card" aria-labelledby="received">
        <h2 id="received">As received</h2>
        ${jsonView(privacy.mask(latest.message), "The message as received")}
      </section>
      ${sent(latest, privacy) || mapped(explained, privacy)}
    </div>
    ${isMappedOtherwise(latest, explained) ? html`<details class="card"><summary>What the connection's present rules and settings would make of it</summary>${mapped(explained, privacy)}</details>` : ""}
    ${whys(explained)}`;
  return layout({ title, content, section: group ? "failed" : "messages", viewer });
}

/** Rules or settings have changed since it was sent. */
function isMappedOtherwise({ operations = [] }: KnownMessage, explained: ExplainedMessage): boolean {
  return operations.length > 0 && !isDeepStrictEqual(operations, explained.operations);
}

function backToGroup({ id, name }: KnownMessage["connection"], group: string): Html {
  const query = new URLSearchParams(failedFields(id, { group }));
  return html`<a href="/failed?connection=${id}">Failed in ${name}</a> › <a href="/failed/group?${query}">Messages that failed for the same reason</a>`;
}

/** One that has just come is looked at again by itself: most are delivered within a second. */
const freshMs = 15_000;

function isFresh({ state, atMs }: KnownMessage): boolean {
  return state === "waiting" && Date.now() - atMs < freshMs;
}

function whyWaiting({ state, jobsAhead, personMessagesAhead, dueAtMs }: WhyWaiting, privacy: Privacy): Html {
  const within = jobsAhead > searchedAhead ? ` in the nearest ${searchedAhead} jobs` : "";
  const tries = "tries" in state ? state.tries : undefined;
  const nextTryAtMs = "nextTryAtMs" in state ? state.nextTryAtMs : undefined;
  return html`<dl class="card facts" id="waiting">
      <div><dt>Its connection</dt><dd>${privacy.maskSentence(nameState(state))}</dd></div>
      ${tries === undefined ? "" : html`<div><dt>Tries since Customer.io last accepted a request</dt><dd>${tries}</dd></div>`}
      ${nextTryAtMs === undefined ? "" : html`<div><dt>Next try</dt><dd>${timeMark(nextTryAtMs, "full")}</dd></div>`}
      ${dueAtMs === undefined ? "" : html`<div><dt>Delayed until</dt><dd>${timeMark(dueAtMs, "full")}</dd></div>`}
      <div><dt>Ahead of it</dt><dd>${countOf(jobsAhead, "job")}, and ${countOf(personMessagesAhead, "message")} of its person${within}, which go first</dd></div>
    </dl>`;
}

function facts(
  { connection, messageId, jobId, message }: KnownMessage,
  { explained: { ulids }, privacy }: Pick<Timeline, "explained" | "privacy">,
): Html {
  return html`<dl class="card facts">
      <div><dt>messageId</dt><dd>${messageId === "" ? "–" : html`<code>${messageId}</code>`}</dd></div>
      <div><dt>Person</dt><dd>${personLink(titleOf(message).person, privacy)}</dd></div>
      <div><dt>Connection</dt><dd><a href="/connections/${connection.id}">${connection.name}</a></dd></div>
      ${ulids.length === 0 ? "" : html`<div><dt>ULID: Customer.io shows each only once</dt><dd>${ulids.map((ulid) => html`<code>${ulid}</code> `)}</dd></div>`}
      <div><dt>Job</dt><dd><a href="${jobPath(connection, jobId)}">${jobId}</a> in Bull Board</dd></div>
    </dl>`;
}

/** To all messages of the person; an address must not name somebody whom the page masks. */
function personLink(person: string, privacy: Privacy): Html | string {
  if (person === "" || privacy.isMasking) return privacy.maskText(person) || "–";
  return html`<a href="/messages?${new URLSearchParams({ person })}">${person}</a>`;
}

/** What went to Customer.io, as it was sent then: settings may have changed since. */
function sent({ operations = [] }: KnownMessage, privacy: Privacy): Html | "" {
  if (operations.length === 0) return "";
  const shown = operations.length === 1 ? operations[0] : operations;
  const seconds = operations.map((operation) => valueAt(operation, "timestamp")).find(isUnixTime);
  return html`<section class="card" aria-labelledby="sent">
      <h2 id="sent">As sent to Customer.io</h2>
      ${seconds === undefined ? "" : html`<p class="hint">Customer.io dates it ${timeMark(seconds * 1000, "full")}.</p>`}
      ${jsonView(privacy.mask(shown), "What was sent to Customer.io")}
    </section>`;
}

function isUnixTime(value: unknown): value is number {
  return typeof value === "number" && parseTime(value) !== undefined;
}

function before(earlier: KnownMessage[], privacy: Privacy): Html {
  const line = ({ atMs, state, rejection, reason }: KnownMessage) => {
    const why = rejection?.message ?? (state === "skipped" ? whySkipped(reason) : "");
    return html`<li>${timeMark(atMs, "full")} ${messageMark(state)} ${withCode(privacy.maskSentence(why))}</li>`;
  };
  return html`<section class="card" aria-labelledby="before">
      <h2 id="before">Earlier outcomes</h2>
      <ul class="plain">${earlier.map(line)}</ul>
    </section>`;
}
