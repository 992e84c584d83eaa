import { type Connection, type ShownSource, senderOf } from "@customerio-router/connections";
import type { Viewer } from "../../login/viewer.ts";
import { type Html, html } from "../../page/html.ts";
import { copyable } from "../../snippets/copyable.ts";
import { sendSnippets } from "../../snippets/send-snippets.ts";

type SendSection = {
  connection: Connection;
  /** Those that feed it. */
  sources: ShownSource[];
  /** Where senders reach the intake. */
  intakeUrl: string;
  viewer: Viewer;
};

/** How to send to it: with the newest write key of one of the sources that feed it. */
export function sendSection({ connection, sources, intakeUrl, viewer }: SendSection): Html {
  return html`<section class="card" aria-labelledby="send">
      <h2 id="send">Send a call</h2>
      ${feedingSources({ connection, sources, viewer })}
      ${codeToCopy({ connection, sources, intakeUrl })}
    </section>`;
}

function codeToCopy({ connection, sources, intakeUrl }: Omit<SendSection, "viewer">): Html | "" {
  const sender = senderOf(connection.id, sources);
  if (sender === undefined) return "";
  const { source, writeKey } = sender;
  const label = sources.length === 1 ? "Write key" : `Write key of the source ${source.name}`;
  // A connection's own source has no kind until somebody edits it.
  const kind = source.id === connection.id && connection.writeKey !== undefined ? undefined : source.kind;
  return html`${copyable({ id: "write-key", label, text: writeKey })}
      ${sendSnippets({ writeKey, intakeUrl, kind })}`;
}

function feedingSources({ connection, sources, viewer }: Omit<SendSection, "intakeUrl">): Html {
  if (sources.length === 0) {
    const choose = html` <a href="/connections/${connection.id}/edit#fed-by">Choose one</a>`;
    return html`<p class="problem">No source feeds this connection: it receives nothing.${viewer.canWrite ? choose : ""}</p>`;
  }
  const names = sources.map(
    ({ id, name, kind, paused }) =>
      html`<li><a href="/sources/${id}">${name}</a> (${kind}${paused ? ", paused" : ""})</li>`,
  );
  return html`${areAllPaused(sources) ? html`<p class="warning">Every source that feeds this connection is paused: calls are acknowledged, counted and dropped.</p>` : ""}
      <p>Calls come from:</p><ul>${names}</ul>`;
}

/** Whether sources feed a connection, and none of them lets calls through. */
export function areAllPaused(sources: readonly ShownSource[]): boolean {
  return sources.length > 0 && sources.every(({ paused }) => paused);
}
