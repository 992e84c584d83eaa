import { type Html, html } from "../page/html.ts";
import { timeMark } from "../page/time-mark.ts";
import { withCode } from "../page/with-code.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { type KnownMessage, type MessageState, titleOf } from "./find/known-message.ts";
import { whySkipped } from "./in-words.ts";
import { happenedAtMsOf } from "./time-of.ts";

export const outcomeLabels: Record<MessageState, string> = {
  delivered: "Delivered",
  skipped: "Skipped",
  rejected: "Rejected",
  waiting: "Waiting",
};

/** What became of a message as a word, its colour only beside it. */
export function messageMark(state: MessageState): Html {
  return html`<span class="state ${state}">${outcomeLabels[state]}</span>`;
}

/** Where one message is explained; its job has it when records do not. Its id stands in the query: in a path, browsers would fold an id like `..` away. */
export function messagePath({
  connection,
  messageId,
  jobId,
}: Pick<KnownMessage, "connection" | "messageId" | "jobId">): string {
  return `/message?${new URLSearchParams({ connection: connection.id, id: messageId, job: jobId })}`;
}

export function messageRow(known: KnownMessage, privacy: Privacy): Html {
  const { connection, messageId, state, message, atMs } = known;
  const { type, name, person } = titleOf(message);
  const why = known.rejection?.message ?? (state === "skipped" ? whySkipped(known.reason) : undefined);
  return html`<tr data-message="${connection.id} ${messageId}">
        <td class="when">${timeMark(atMs, "day")}${happened(known)}</td>
        <th scope="row">${messageTitle({ type, name }, messagePath(known))}</th>
        <td data-label="Person">${privacy.maskText(cut(person))}</td>
        <td data-label="Connection">${connection.name}</td>
        <td data-label="Outcome">${messageMark(state)}${why === undefined ? "" : html`<span class="reason">${withCode(privacy.maskSentence(why))}</span>`}</td>
      </tr>`;
}

/** What is imported or sent late is looked for by the day on which it happened. */
const lateMs = 3_600_000;

function happened({ message, atMs }: KnownMessage): Html | "" {
  const happenedAtMs = happenedAtMsOf(message);
  if (happenedAtMs === undefined || Math.abs(atMs - happenedAtMs) < lateMs) return "";
  return html`<span class="reason">happened ${timeMark(happenedAtMs, "day")}</span>`;
}

/** Type and name, the latter as a link where there is somewhere to go. */
export function messageTitle({ type, name }: { type: string; name: string }, href: string | undefined): Html {
  const mark = html`<span class="type">${type}</span>`;
  if (href === undefined) return html`${mark} ${cut(name)}`;
  return name === "" ? html`<a href="${href}">${mark}</a>` : html`${mark} <a href="${href}">${cut(name)}</a>`;
}

const longestShown = 80;

function cut(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
