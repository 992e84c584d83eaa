import { type Html, html } from "./html.ts";
import { timeMark, zoneMark } from "./time-mark.ts";

/** Says when what a page shows was read, where that may be a while ago. */
export function readMark(readAtMs: number | undefined): Html | "" {
  if (readAtMs === undefined) return "";
  return html`<p class="hint">Of many connections together these numbers may be a minute old: they were read at ${timeMark(readAtMs)} ${zoneMark()}.</p>`;
}
