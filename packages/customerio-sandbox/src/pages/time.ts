import { type Html, html } from "./html.ts";

const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** In the sandbox's time zone; with the date unless it is today. */
export function time(ms: number): Html {
  const moment = new Date(ms);
  if (Number.isNaN(moment.getTime())) return html`<span class="none">${ms}</span>`;
  const isToday = date.format(moment) === date.format(new Date());
  const text = isToday ? clock.format(moment) : `${date.format(moment)}, ${clock.format(moment)}`;
  return html`<time datetime="${moment.toISOString()}" title="${moment.toISOString()}">${text}</time>`;
}
