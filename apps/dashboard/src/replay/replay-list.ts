import { isEnded, type Replay, type ReplayChange } from "@customerio-router/queue";
import type { Viewer } from "../login/viewer.ts";
import { formatCount } from "../overview/format-count.ts";
import { type Html, html } from "../page/html.ts";
import { timeMark } from "../page/time-mark.ts";
import type { Privacy } from "../privacy/privacy.ts";

export type NamedReplay = { replay: Replay; connection: string };

/** All replays, newest first, with what may be done. While one runs, the page loads itself again. */
export function replayList({
  replays,
  privacy,
  viewer,
}: {
  replays: NamedReplay[];
  privacy: Privacy;
  viewer: Viewer;
}): Html {
  if (replays.length === 0) {
    return html`<section class="card empty"><h2>No replays</h2><p>Choose messages above: the dry run says what would happen.</p></section>`;
  }
  const isRunning = replays.some(({ replay }) => replay.state === "running");
  return html`<section class="card" aria-labelledby="replays"${isRunning ? html` data-unsettled` : ""}>
      <h2 id="replays">Replays</h2>
      <table class="rows stack">
        <thead><tr><th scope="col">Started</th><th scope="col">To</th><th scope="col">State</th><th scope="col" class="number">Added</th><th scope="col" class="number">Delivered</th><th scope="col">Change</th></tr></thead>
        <tbody>${replays.map((named) => row(named, privacy, viewer))}</tbody>
      </table>
    </section>`;
}

function row({ replay, connection }: NamedReplay, privacy: Privacy, viewer: Viewer): Html {
  const { state, note, added, outcomes, createdAtMs, startedBy } = replay;
  return html`<tr>
          <th scope="row">${timeMark(createdAtMs, "full")}<span class="reason">${startedBy} · <code>${replay.id}</code></span><span class="reason">${describe(replay, privacy)}</span></th>
          <td data-label="To">${connection}</td>
          <td data-label="State">${state} ${state === "running" ? progress(replay) : ""}${note ? html`<span class="reason">${note}</span>` : ""}</td>
          <td data-label="Added" class="number">${formatCount(added)}</td>
          <td data-label="Delivered" class="number">${formatCount(outcomes.delivered)}</td>
          <td data-label="Change">${viewer.canWrite && !isOver(replay) ? changes(replay) : "–"}</td>
        </tr>`;
}

function progress({ read, expected, id }: Replay): Html | "" {
  if (!expected) return "";
  const share = Math.min(1, read / expected);
  return html`<progress max="1" value="${share.toFixed(3)}" aria-label="Progress of ${id}">${Math.round(share * 100)} %</progress>`;
}

/** Of a failed one, resuming tries again. */
function isOver(replay: Replay): boolean {
  return isEnded(replay) && replay.state !== "failed";
}

function changes({ id, connectionId, state }: Replay): Html {
  const button = (change: ReplayChange, label: string) =>
    html`<button name="change" value="${change}">${label}<span class="unseen"> ${id}</span></button>`;
  return html`<form method="post" action="/replay/change" class="actions">
            <input type="hidden" name="connection" value="${connectionId}"><input type="hidden" name="id" value="${id}">
            ${state === "running" ? button("pause", "Pause") : button("resume", "Resume")}
            ${button("cancel", "Cancel")}
          </form>`;
}

/** What was asked for. */
function describe({ filter, file, withState, asNew }: Replay, privacy: Privacy): string {
  const { fromMs, toMs, event, person, outcome, source } = filter;
  const day = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);
  return [
    file ? `the file ${file.name}` : "",
    fromMs === undefined ? "" : `from ${day(fromMs)}`,
    toMs === undefined ? "" : `until ${day(toMs - 1)}`,
    event === undefined ? "" : privacy.maskSentence(event),
    person === undefined ? "" : maskPerson(person, privacy),
    outcome ?? "",
    source === undefined ? "" : `source ${source}`,
    withState ? "with state" : "",
    asNew ? "as new" : "",
  ]
    .filter((part) => part !== "")
    .join(", ");
}

/** `id:42`: the value may be personal, its kind is not. */
export function maskPerson(person: string, privacy: Privacy): string {
  const colon = person.indexOf(":");
  return `${person.slice(0, colon + 1)}${privacy.maskText(person.slice(colon + 1))}`;
}
