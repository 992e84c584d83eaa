import { type Html, html } from "./html.ts";
import { zoneMark } from "./time-mark.ts";

/**
 * A field for a moment, which is sent in UTC. Its zone stands in its label: UTC, or the person's own where the page's script
 * runs, as in all other times. Browsers must not restore what was typed: the script would convert it twice.
 */
export function utcField(name: string, label: string, value: string): Html {
  return html`<div class="field time"><label for="${name}">${label} ${zoneMark()}</label><input type="datetime-local" id="${name}" name="${name}" value="${value}" data-utc autocomplete="off"></div>`;
}

/** What such a field holds, in Unix milliseconds; undefined for what is empty or no time. Also takes ISO 8601 with a zone. */
export function readUtcTime(text: string): number | undefined {
  const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text);
  const isTime = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?/.test(text);
  const atMs = isTime ? Date.parse(hasZone || !text.includes("T") ? text : `${text}Z`) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** The text of such a field: to the minute, in UTC; empty for what is no time. */
export function writeUtcTime(text: string): string {
  const atMs = readUtcTime(text);
  return atMs === undefined ? "" : new Date(atMs).toISOString().slice(0, 16);
}
