import { type Attempt, explainState, nameState } from "@customerio-router/reports";
import { ruleOfReason } from "@customerio-router/rules";
import { duration } from "@customerio-router/service";
import type { Viewer } from "../login/viewer.ts";
import { type Html, html } from "../page/html.ts";
import { jsonView } from "../page/json-view.ts";
import { layout } from "../page/layout.ts";
import { timeMark } from "../page/time-mark.ts";
import { withCode } from "../page/with-code.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { jobPath } from "../queues/connection-queue-adapter.ts";
import type { ExplainedMessage } from "./explain-message.ts";
import { type KnownMessage, titleOf } from "./find/known-message.ts";
import { messageMark } from "./message-row.ts";
import { searchedAhead, type WhyWaiting } from "./why-waiting.ts";

type MessageView = {
  /** What is known of it, newest first; at least one. */
  known: [KnownMessage, ...KnownMessage[]];
  /** Absent where it is not known, or was deleted. */
  source: { id: string; name: string } | undefined;
  explained: ExplainedMessage;
  /** While it waits. */
  waiting: WhyWaiting | undefined;
  privacy: Privacy;
  viewer: Viewer;
};

/** One message: what came, what was made of it and why, what Customer.io said to it each time. */
export function messagePage({ known, source, explained, waiting, privacy, viewer }: MessageView): Html {
  const [latest, ...earlier] = known;
  const { type, name } = titleOf(latest.message);
  const title = `${type} ${name}`.trim();
  const content = html`<p class="crumbs"><a href="/messages?connection=${latest.connection.id}">Messages</a></p>
    <div class="heading"><h1><span class="type">${type}</span> ${name} ${messageMark(latest.state)}</h1></div>
    <p class="${latest.state === "rejected" ? "problem" : "lead"}"${isFresh(latest) ? html` data-unsettled` : ""}>${withCode(privacy.maskSentence(inWords(latest, waiting)))}</p>
    ${waiting ? whyWaiting(waiting, privacy) : ""}
    ${facts({ known: latest, source }, explained, privacy)}
    ${attempts(latest, privacy)}
    ${sent(latest, privacy)}
    ${earlier.length === 0 ? "" : before(earlier, privacy)}
    <div class="sides">
      <section class="card" aria-labelledby="received">
        <h2 id="received">As received</h2>
        ${jsonView(privacy.mask(latest.message), "The message as received")}
      </section>
      ${mapped(explained, privacy)}
    </div>
    ${whys(explained)}`;
  return layout({ title, content, section: "messages", viewer });
}

/** One that has just come is looked at again by itself: most are delivered within a second. */
const freshMs = 15_000;

function isFresh({ state, atMs }: KnownMessage): boolean {
  return state === "waiting" && Date.now() - atMs < freshMs;
}

/** What became of it, as one would tell it. */
function inWords(
  { state, reason, rejection, requests, attempts }: KnownMessage,
  waiting: WhyWaiting | undefined,
): string {
  const [last] = attempts.toReversed();
  switch (state) {
    case "waiting":
      if (!waiting) return "It waits in the queue, or is being sent to Customer.io.";
      return `${placeInWords(waiting)} ${explainState(waiting.state)}`;
    case "delivered":
      return `Customer.io accepted it${last?.status === undefined ? "" : ` (${last.status})`}${requests > 1 ? ` at the ${ordinal(requests)} request` : ""}.`;
    case "skipped":
      if (reason !== undefined && ruleOfReason(reason) !== undefined) {
        return `It was not sent: the rule \`${ruleOfReason(reason)}\` dropped it.`;
      }
      return `It was not sent, because of a setting of the connection or of the call itself: ${reason}.`;
    case "rejected":
      return rejection?.message ?? "It cannot be delivered unless it is corrected.";
  }
}

function placeInWords({ where }: WhyWaiting): string {
  switch (where) {
    case "in-hand":
      return "A worker has taken its job from the queue.";
    case "delayed":
      return "Its job is delayed.";
    default:
      return "It waits in the queue.";
  }
}

function whyWaiting({ state, jobsAhead, personMessagesAhead, dueAtMs }: WhyWaiting, privacy: Privacy): Html {
  const jobs = jobsAhead === 1 ? "1 job" : `${jobsAhead} jobs`;
  const messages = personMessagesAhead === 1 ? "1 message" : `${personMessagesAhead} messages`;
  const within = jobsAhead > searchedAhead ? ` in the nearest ${searchedAhead} jobs` : "";
  const tries = "tries" in state ? state.tries : undefined;
  const nextTryAtMs = "nextTryAtMs" in state ? state.nextTryAtMs : undefined;
  return html`<dl class="card facts" id="waiting">
      <div><dt>Its connection</dt><dd>${privacy.maskSentence(nameState(state))}</dd></div>
      ${tries === undefined ? "" : html`<div><dt>Tries since Customer.io last accepted a request</dt><dd>${tries}</dd></div>`}
      ${nextTryAtMs === undefined ? "" : html`<div><dt>Next try</dt><dd>${timeMark(nextTryAtMs, "full")}</dd></div>`}
      ${dueAtMs === undefined ? "" : html`<div><dt>Delayed until</dt><dd>${timeMark(dueAtMs, "full")}</dd></div>`}
      <div><dt>Ahead of it</dt><dd>${jobs}, and ${messages} of its person${within}, which go first</dd></div>
    </dl>`;
}

function ordinal(number: number): string {
  const endings = new Map([
    ["one", "st"],
    ["two", "nd"],
    ["few", "rd"],
  ]);
  const rule = new Intl.PluralRules("en", { type: "ordinal" }).select(number);
  return `${number}${endings.get(rule) ?? "th"}`;
}

function facts(
  { known, source }: { known: KnownMessage; source: MessageView["source"] },
  { ulids }: ExplainedMessage,
  privacy: Privacy,
): Html {
  const { connection, messageId, jobId, message, atMs, state, salvaged, rules = [] } = known;
  const receivedAt = timeOf(message, "receivedAt");
  const sentAt = timeOf(message, "originalTimestamp");
  return html`<dl class="card facts">
      <div><dt>messageId</dt><dd><code>${messageId}</code></dd></div>
      <div><dt>Person</dt><dd>${privacy.maskText(titleOf(message).person) || "–"}</dd></div>
      <div><dt>Connection</dt><dd><a href="/connections/${connection.id}">${connection.name}</a></dd></div>
      ${source === undefined ? "" : html`<div><dt>Source</dt><dd><a href="/sources/${source.id}">${source.name}</a>${known.from?.kind === undefined ? "" : ` (${known.from.kind})`}</dd></div>`}
      ${ulids.length === 0 ? "" : html`<div><dt>ULID: Customer.io shows each only once</dt><dd>${ulids.map((ulid) => html`<code>${ulid}</code> `)}</dd></div>`}
      ${sentAt === undefined ? "" : html`<div><dt>Sent, by the client's clock</dt><dd>${timeMark(sentAt, "full")}</dd></div>`}
      ${receivedAt === undefined ? "" : html`<div><dt>Received</dt><dd>${timeMark(receivedAt, "full")}</dd></div>`}
      ${rules.length === 0 ? "" : html`<div><dt>Rules that changed or dropped it</dt><dd>${rules.join(", ")}</dd></div>`}
      ${salvaged ? html`<div><dt>Saved from a corrupt request body</dt><dd>The unreadable rest of the body is kept as rejected: <code>corrupt</code></dd></div>` : ""}
      ${state === "waiting" ? "" : html`<div><dt>Settled</dt><dd>${timeMark(atMs, "full")}${receivedAt === undefined ? "" : html` <span class="hint">${duration(atMs - receivedAt)} later</span>`}</dd></div>`}
      <div><dt>Job</dt><dd><a href="${jobPath(connection, jobId)}">${jobId}</a> in Bull Board</dd></div>
    </dl>`;
}

function timeOf(message: unknown, name: string): number | undefined {
  const text: unknown = isObject(message) ? message[name] : undefined;
  const atMs = typeof text === "string" ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}

const decisions: { [decision: string]: string } = {
  settled: "Settled",
  halved: "Rejected: sent again in a smaller request",
  failed: "Failed: sent again",
  deferred: "Deferred: sent again later",
  "needs-attention": "The connection needs attention",
};

function attempts({ attempts, requests }: KnownMessage, privacy: Privacy): Html {
  if (attempts.length === 0) return html``;
  const row = ({ atMs, status, durationMs, decision, why }: Attempt) => html`<tr>
          <td class="when">${timeMark(atMs)}</td>
          <th scope="row">${status ?? "no reply"}</th>
          <td data-label="Took">${durationMs} ms</td>
          <td data-label="Decision">${decisions[decision] ?? decision}${why === undefined ? "" : html`<span class="reason">${privacy.maskSentence(why)}</span>`}</td>
        </tr>`;
  return html`<section class="card" aria-labelledby="attempts">
      <h2 id="attempts">Requests to Customer.io</h2>
      <table class="rows stack">
        <thead><tr><th scope="col">Time</th><th scope="col">Status</th><th scope="col">Took</th><th scope="col">Decision</th></tr></thead>
        <tbody>${attempts.map(row)}</tbody>
      </table>
      ${requests > attempts.length ? html`<p class="hint">The last ${attempts.length} of ${requests} requests.</p>` : ""}
    </section>`;
}

/** What went to Customer.io, as it was sent then: settings may have changed since. */
function sent({ operations = [] }: KnownMessage, privacy: Privacy): Html | "" {
  if (operations.length === 0) return "";
  const shown = operations.length === 1 ? operations[0] : operations;
  return html`<section class="card" aria-labelledby="sent">
      <h2 id="sent">As sent to Customer.io</h2>
      ${jsonView(privacy.mask(shown), "What was sent to Customer.io")}
    </section>`;
}

function before(earlier: KnownMessage[], privacy: Privacy): Html {
  const line = ({ atMs, state, rejection, reason }: KnownMessage) => {
    const why = rejection?.message ?? reason;
    return html`<li>${timeMark(atMs, "full")} ${messageMark(state)} ${why === undefined ? "" : privacy.maskSentence(why)}</li>`;
  };
  return html`<section class="card" aria-labelledby="before">
      <h2 id="before">Earlier outcomes</h2>
      <ul class="plain">${earlier.map(line)}</ul>
    </section>`;
}

/** What Customer.io gets of it. */
export function mapped({ operations, nothing }: ExplainedMessage, privacy: Privacy): Html {
  const [first, ...more] = operations;
  const shown = first && more.length === 0 ? first : operations;
  return html`<section class="card" aria-labelledby="mapped">
        <h2 id="mapped">As mapped for Customer.io</h2>
        ${nothing ? html`<p>Nothing: it is ${nothing.kind}, reason <code>${nothing.reason}</code>.</p>` : jsonView(privacy.mask(shown), "What Customer.io gets")}
      </section>`;
}

/** The rules that made it so, and what was changed by which limit. */
export function whys({ explanation, warnings }: ExplainedMessage): Html {
  return html`<section class="card" aria-labelledby="why">
      <h2 id="why">Why</h2>
      <ul class="why">${explanation.map((sentence) => html`<li>${withCode(sentence)}</li>`)}</ul>
      ${warnings.length === 0 ? "" : html`<h3>Changes</h3><ul class="why changed">${warnings.map(({ code, message }) => html`<li>${withCode(message)} <span class="hint">${code}</span></li>`)}</ul>`}
      <p class="hint">With the connection's current rules and settings.</p>
    </section>`;
}

function isObject(value: unknown): value is { [name: string]: unknown } {
  return typeof value === "object" && value !== null;
}
