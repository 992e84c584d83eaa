import type { Connection, ShownSource } from "@customerio-router/connections";
import type { Viewer } from "../../login/viewer.ts";
import { type Html, html } from "../../page/html.ts";
import { layout } from "../../page/layout.ts";
import { sendSnippets } from "../../snippets/send-snippets.ts";
import { connectionLinks } from "../connection-links.ts";
import { explainSourceState, sourceStateMark } from "../source-state-mark.ts";
import { type RefusedWriteKey, writeKeySection } from "./write-key-section.ts";

export type SourcePage = {
  source: ShownSource;
  connections: Connection[];
  /** Where senders reach the intake. */
  intakeUrl: string;
  viewer: Viewer;
  /** A write key that was not added, and why. */
  refused?: RefusedWriteKey;
};

/** One source: its state, its write keys, what it feeds, how to send to it, and its actions. */
export function sourcePage({ source, connections, intakeUrl, viewer, refused }: SourcePage): Html {
  const { name, kind, state, writeKeys } = source;
  const writeKey = writeKeys.at(-1)?.key;
  const content = html`<div class="heading">
      <h1>${name} ${sourceStateMark(state)}</h1>
      ${viewer.canWrite ? actions(source) : ""}
    </div>
    <p class="lead">${explainSourceState(state)}</p>
    ${facts(source, connections)}
    ${writeKeySection({ source, viewer, refused })}
    ${
      writeKey === undefined
        ? ""
        : html`<section class="card" aria-labelledby="send">
      <h2 id="send">Send a call</h2>
      ${sendSnippets({ writeKey, intakeUrl, kind })}
    </section>`
    }`;
  return layout({ title: `Source ${name}`, content, section: "sources", viewer });
}

function actions({ id, paused }: ShownSource): Html {
  return html`<div class="actions">
        <form method="post" action="/sources/${id}/${paused ? "resume" : "pause"}"><button>${paused ? "Resume" : "Pause"}</button></form>
        <a class="button" href="/sources/${id}/edit">Edit</a>
        <a class="button danger" href="/sources/${id}/remove">Delete</a>
      </div>`;
}

function facts(source: ShownSource, connections: Connection[]): Html {
  const { id, kind, origins, messagesPerSecond } = source;
  return html`<dl class="card facts">
      <div><dt>Kind</dt><dd>${kind}</dd></div>
      <div><dt>Feeds</dt><dd>${connectionLinks(source.connections, connections)}</dd></div>
      ${kind === "browser" ? html`<div><dt>Origins</dt><dd>${origins.length === 0 ? "Pages of any site" : origins.map((origin) => html`${origin}<br>`)}</dd></div>` : ""}
      <div><dt>Limit</dt><dd>${messagesPerSecond === null ? html`<code>RATE_LIMIT_PER_KEY</code>` : `${messagesPerSecond} messages per second, for each intake`}</dd></div>
      <div><dt>Calls do not arrive?</dt><dd><a href="/refused?source=${id}">See refused calls</a></dd></div>
    </dl>`;
}
