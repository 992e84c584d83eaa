import { type Html, html } from "../page/html.ts";
import type { Overtaken } from "./overtaken.ts";

/** Says before a retry what it would turn back; nothing where it would not. */
export function overtakenNote({ jobIds, unknownJobIds }: Overtaken): Html | "" {
  const known = jobIds.size > 0;
  if (!known && unknownJobIds.size === 0) return "";
  return html`<p class="hint overtaken">${known ? `${jobs(jobIds.size)} something of a person or an object about whom newer messages were delivered meanwhile: a retry turns that back. ` : ""}${unknownJobIds.size > 0 ? `${jobs(unknownJobIds.size)} something of a person or an object, and it is not known whether newer messages about them were delivered meanwhile: the records do not reach back that far. ` : ""}</p>`;
}

function jobs(count: number): string {
  return count === 1 ? "1 failed job changes" : `${count} failed jobs change`;
}

export function countOvertaken({ jobIds, unknownJobIds }: Overtaken): number {
  return jobIds.size + unknownJobIds.size;
}

/** Of these jobs only. */
export function overtakenAmong({ jobIds, unknownJobIds }: Overtaken, wanted: ReadonlySet<string>): Overtaken {
  return { jobIds: jobIds.intersection(wanted), unknownJobIds: unknownJobIds.intersection(wanted) };
}
