import type { Connection } from "@customerio-router/connections";
import { type Html, html } from "../page/html.ts";

/** The connections that a source feeds, as links. */
export function connectionLinks(ids: readonly string[], connections: readonly Connection[]): Html {
  if (ids.length === 0) return html`None`;
  const names = new Map(connections.map(({ id, name }) => [id, name]));
  return html`<span>${ids.map(
    (id, index) => html`${index === 0 ? "" : ", "}<a href="/connections/${id}">${names.get(id) ?? id}</a>`,
  )}</span>`;
}
