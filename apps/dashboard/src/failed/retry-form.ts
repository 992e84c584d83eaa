import type { Viewer } from "../login/viewer.ts";
import { type Html, html } from "../page/html.ts";

/** A button that retries what the fields name; none for who may only look. */
export function retryForm({
  fields,
  label,
  viewer,
}: {
  fields: { [name: string]: string };
  label: string;
  viewer: Viewer;
}): Html | "" {
  if (!viewer.canWrite) return "";
  return html`<form method="post" action="/failed/retry">
            ${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
            <button>${label}</button>
          </form>`;
}
