import { type Html, html } from "./html.ts";

/** A moment, in UTC; the page's script shows it in the person's own time. `form` says how much of it. */
export function timeMark(atMs: number, form: "minute" | "time" | "day" | "full" = "time"): Html {
  const iso = new Date(atMs).toISOString();
  const texts = {
    minute: iso.slice(11, 16),
    time: iso.slice(11, 19),
    day: `${iso.slice(0, 10)} ${iso.slice(11, 16)}`,
    full: `${iso.slice(0, 10)} ${iso.slice(11, 23)} UTC`,
  };
  return html`<time datetime="${iso}" data-form="${form}" title="${iso}">${texts[form]}</time>`;
}

/** The zone of times that do not name it: UTC, or the person's own where the page's script runs. */
export function zoneMark(): Html {
  return html`<span class="zone" data-zone>UTC</span>`;
}
