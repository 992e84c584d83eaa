import type { Viewer } from "../login/viewer.ts";
import { type Html, html } from "../page/html.ts";
import { countOf } from "../page/in-words.ts";
import type { Overtaken } from "./overtaken.ts";
import { countOvertaken } from "./overtaken-note.ts";

type FailedActions = {
  /** What names the messages; see `failedFields`. */
  fields: { [name: string]: string };
  /** How many messages they name. */
  messages: number;
  /** How many of them a retry may deliver; no Retry without any. */
  passing: number;
  /** There are more than were counted. */
  isPart?: boolean;
  /** Its place says what it is about, to all who see it. */
  isInPlace?: boolean;
  /** Offers to leave these out of a retry. */
  overtaken?: Overtaken;
  viewer: Viewer;
};

/** Buttons that retry and discard what the fields name; none for who may only look. */
export function failedActions({
  fields,
  messages,
  passing,
  isPart = false,
  isInPlace = false,
  overtaken,
  viewer,
}: FailedActions): Html | "" {
  if (!viewer.canWrite) return "";
  const about = (count: number) => {
    const what = isPart ? "all" : countOf(count, "message");
    return isInPlace ? html`<span class="unseen"> ${what}</span>` : html` ${what}`;
  };
  return html`${
    passing > 0
      ? html`<form method="post" action="/failed/retry">
            ${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
            <button>Retry${about(passing)}</button>
            ${overtaken && countOvertaken(overtaken) > 0 ? html`<button name="without" value="overtaken">Retry without them</button>` : ""}
          </form>`
      : ""
  }<a class="button" href="/failed/discard?${new URLSearchParams(fields)}">Discard${about(messages)}</a>`;
}
