import {
  type Connection,
  type PreviewExample,
  type PreviewKind,
  previewKinds,
  type ReplayPreview,
} from "@customerio-router/connections";
import type { Viewer } from "../login/viewer.ts";
import { formatCount } from "../overview/format-count.ts";
import { type Html, html } from "../page/html.ts";
import { countOf } from "../page/in-words.ts";
import { jsonView } from "../page/json-view.ts";
import { layout } from "../page/layout.ts";
import type { TextFields } from "../page/text-fields.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { wishFields } from "./read-wish.ts";
import { maskPerson } from "./replay-list.ts";

type DryRunPage = {
  preview: ReplayPreview;
  source: Connection;
  target: Connection;
  fields: TextFields;
  privacy: Privacy;
  viewer: Viewer;
};

const labels: { [kind in PreviewKind]: string } = {
  new: "New",
  seen: "Seen before",
  older: "Older",
  state: "Left out",
  nothing: "Not sent",
  leftOut: "Not replayed",
};

/** What a replay would do, and the button that starts it. */
export function dryRunPage(options: DryRunPage): Html {
  const { preview, source, target, privacy, viewer } = options;
  const { messages, kinds, examples, otherwise, isComplete } = preview;
  const shown = (Object.keys(previewKinds) as PreviewKind[]).filter((kind) => kinds[kind] > 0);
  const content = html`<h1>Dry run</h1>
    <p class="lead">What Customer.io would show if you replayed these messages. Nothing was sent${viewer.canWrite ? ", and nothing is until you press Start" : ""}.</p>
    <section class="card" aria-labelledby="sum">
      <h2 id="sum">${countOf(messages, "message")} of ${source.name}${target.id === source.id ? "" : ` to ${target.name}`}</h2>
      ${isComplete ? "" : html`<p class="problem">There are more: these numbers are of the oldest. The command line looks at all of them.</p>`}
      ${messages === 0 ? html`<p class="hint">No archived message passes the filter. Messages settled within the last hour may not be archived yet.</p>` : ""}
      <table class="rows stack">
        <thead><tr><th scope="col">What</th><th scope="col" class="number">Messages</th><th scope="col">Examples</th></tr></thead>
        <tbody>${shown.map(
          (kind) => html`<tr>
          <th scope="row">${labels[kind]}<span class="reason">${sentence(previewKinds[kind])}</span></th>
          <td data-label="Messages" class="number">${formatCount(kinds[kind])}</td>
          <td>${examples[kind].map((one) => example(one, source, privacy))}</td>
        </tr>`,
        )}</tbody>
      </table>
      ${messages === 0 ? html`<p class="actions"><a href="/replay">Back</a></p>` : startForm(options)}
    </section>
    ${otherwise === 0 ? "" : differences(preview, source, privacy)}`;
  return layout({ title: "Dry run", content, section: "replay", viewer });
}

function sentence(text: string): string {
  return `${text[0]?.toUpperCase()}${text.slice(1)}.`;
}

function example(
  { messageId, receivedAt, event, people, why }: PreviewExample,
  { id }: Connection,
  privacy: Privacy,
): Html {
  const who = people.map((person) => maskPerson(person, privacy)).join(", ");
  return html`<div class="reason"><a href="/message?${new URLSearchParams({ connection: id, id: messageId })}">${privacy.maskSentence(event)}</a> ${receivedAt.slice(0, 19)}${who && ` · ${who}`}${why ? html` · <code>${why}</code>` : ""}</div>`;
}

function differences({ otherwise, examples }: ReplayPreview, source: Connection, privacy: Privacy): Html {
  return html`<section class="card" aria-labelledby="otherwise">
      <h2 id="otherwise">${formatCount(otherwise)} are mapped otherwise today</h2>
      ${examples.otherwise.map(
        (one) => html`${example(one, source, privacy)}
      ${jsonView(privacy.mask(one.difference?.then), "Sent then")}
      ${one.difference?.reason === undefined ? jsonView(privacy.mask(one.difference?.today), "Sent today") : html`<p>Today nothing: <code>${one.difference.reason}</code></p>`}`,
      )}
    </section>`;
}

function startForm({ fields, viewer, preview }: DryRunPage): Html {
  if (!viewer.canWrite) return html`<p class="actions"><a href="/replay">Back</a></p>`;
  const hidden = wishFields.filter((name) => name !== "withState" && name !== "asNew");
  return html`<form method="post" action="/replay/start">
        ${hidden.map((name) => (fields[name] ? html`<input type="hidden" name="${name}" value="${fields[name]}">` : ""))}
        ${preview.isComplete ? html`<input type="hidden" name="expected" value="${preview.messages}">` : ""}
        <p><label><input type="checkbox" name="withState"> With state: also send devices, objects, relationships, merges, deletions, suppressions and delivery reports. Customer.io applies them as if they happened now, over newer state.</label></p>
        <p><label><input type="checkbox" name="asNew"> As new: events get new ids and today's time. Customer.io shows each of them again, and campaigns that they trigger run again.</label></p>
        <p class="actions"><button class="primary">Start the replay</button> <a href="/replay">Back</a></p>
      </form>`;
}
