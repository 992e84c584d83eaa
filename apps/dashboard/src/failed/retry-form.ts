import type { Viewer } from "../login/viewer.ts";
import { type Html, html } from "../page/html.ts";
import type { Overtaken } from "./overtaken.ts";
import { countOvertaken } from "./overtaken-note.ts";

/** A button that retries what the fields name; none for who may only look. */
export function retryForm({
  fields,
  label,
  overtaken,
  viewer,
}: {
  fields: { [name: string]: string };
  label: string;
  /** Offers to leave these out. */
  overtaken?: Overtaken;
  viewer: Viewer;
}): Html | "" {
  if (!viewer.canWrite) return "";
  return html`<form method="post" action="/failed/retry">
            ${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
            <button>${label}</button>
            ${overtaken && countOvertaken(overtaken) > 0 ? html`<button name="without" value="overtaken">${label} without them</button>` : ""}
          </form>`;
}
