import { type Html, html } from "../page/html.ts";

/** A text with a button that copies it. */
export function copyable({ id, label, text }: { id: string; label: string; text: string }): Html {
  return html`<div class="copyable">
        <h3 id="${id}-label">${label}</h3>
        <button type="button" data-copy="${id}" aria-describedby="${id}-label" hidden>Copy</button>
        <pre id="${id}" tabindex="0" aria-labelledby="${id}-label">${text}</pre>
      </div>`;
}
