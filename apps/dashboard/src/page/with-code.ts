import { type Html, html } from "./html.ts";

/** Markdown's backquotes as markup; the rest is escaped. */
export function withCode(text: string): Html {
  return html`${text.split("`").map((part, index) => (index % 2 ? html`<code>${part}</code>` : part))}`;
}
