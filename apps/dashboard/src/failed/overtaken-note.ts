import { type Html, html } from "../page/html.ts";
import type { Overtaken } from "./overtaken.ts";

/** Says before a retry what it would turn back; nothing where it would not. */
export function overtakenNote({ jobIds, unknownJobIds }: Overtaken): Html | "" {
  const known = jobIds.size > 0;
  if (!known && unknownJobIds.size === 0) return "";
  return html`<p class="hint overtaken">${known ? `${jobs(jobIds.size)} a person or object that a newer, delivered message changed since: a retry overwrites the newer change. ` : ""}${unknownJobIds.size > 0 ? `${jobs(unknownJobIds.size)} a person or object that a newer message may have changed since: the records do not go back far enough to know. ` : ""}</p>`;
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
