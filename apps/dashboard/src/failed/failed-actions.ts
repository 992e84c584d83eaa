import type { Viewer } from "../login/viewer.ts";
import { type Html, html } from "../page/html.ts";
import type { Overtaken } from "./overtaken.ts";
import { countOvertaken } from "./overtaken-note.ts";

type FailedActions = {
  /** What names the messages; see `failedFields`. */
  fields: { [name: string]: string };
  /** Behind each verb: `133 messages`. */
  what: string;
  /** Its place says what it is about, to all who see it. */
  isInPlace?: boolean;
  /** Offers to leave these out of a retry. */
  overtaken?: Overtaken;
  /** No Retry where it would fail again. */
  canPass: boolean;
  viewer: Viewer;
};

/** Buttons that retry and discard what the fields name; none for who may only look. */
export function failedActions({
  fields,
  what,
  isInPlace = false,
  overtaken,
  canPass,
  viewer,
}: FailedActions): Html | "" {
  if (!viewer.canWrite) return "";
  const about = isInPlace ? html`<span class="unseen"> ${what}</span>` : html` ${what}`;
  return html`${
    canPass
      ? html`<form method="post" action="/failed/retry">
            ${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
            <button>Retry${about}</button>
            ${overtaken && countOvertaken(overtaken) > 0 ? html`<button name="without" value="overtaken">Retry without them</button>` : ""}
          </form>`
      : ""
  }<a class="button" href="/failed/discard?${new URLSearchParams(fields)}">Discard${about}</a>`;
}
