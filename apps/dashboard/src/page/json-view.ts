import { type Html, html } from "./html.ts";

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*|true|false|null)/g;

/** JSON as people read it: indented, names and values told apart by colour. */
export function jsonView(value: unknown, label: string): Html {
  const text = JSON.stringify(value, undefined, 2) ?? "";
  const parts: (Html | string)[] = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    const [all, string, colon, literal] = match;
    parts.push(text.slice(end, match.index));
    if (colon !== undefined) parts.push(html`<span class="name">${string}</span>${colon}`);
    else parts.push(html`<span class="${literal === undefined ? "text" : "literal"}">${all}</span>`);
    end = match.index + all.length;
  }
  parts.push(text.slice(end));
  return html`<pre class="json" tabindex="0" aria-label="${label}">${parts}</pre>`;
}
