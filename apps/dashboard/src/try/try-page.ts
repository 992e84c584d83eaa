import type { Connection } from "@customerio-router/connections";
import type { Viewer } from "../login/viewer.ts";
import type { ExplainedMessage } from "../messages/explain-message.ts";
import { mapped, whys } from "../messages/mapped-view.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import { selectField } from "../page/select-field.ts";
import { withCode } from "../page/with-code.ts";
import type { Privacy } from "../privacy/privacy.ts";

type TryPage = {
  connections: Connection[];
  /** The id of the chosen connection. */
  chosen: string;
  /** The call as the person wrote it. */
  call: string;
  /** Why it cannot be read. */
  problem?: string | undefined;
  explained?: ExplainedMessage | undefined;
  privacy: Privacy;
  viewer: Viewer;
};

/** A call to try: what Customer.io would get of it, and why. */
export function tryPage(options: TryPage): Html {
  const { connections, chosen, call, problem, explained, privacy, viewer } = options;
  const content = html`<h1>Try a call</h1>
    <p class="lead">See what Customer.io would get for a call, and why. Nothing is sent until you press Send, which puts the call into this one connection's queue.</p>
    ${connections.length === 0 ? html`<section class="card empty"><p>The mapping of a call depends on a connection's settings: <a href="/connections/new">create a connection</a> first.</p></section>` : form({ connections, chosen, call, problem, viewer })}
    <section class="card" aria-labelledby="left-out">
      <h2 id="left-out">What is left out here</h2>
      <ul class="why">
        <li>The intake: it checks the write key, and the source's origins and limits. To try that, send the call with curl, as a <a href="/sources">source's</a> page shows.</li>
        <li>The source: the call counts as a server's, so calls that delete or merge people may pass that a browser's would not.</li>
        <li>Order, queue and keys: the preview asks nobody. Send waits behind what the queue already holds, and only then is Customer.io asked whether the keys are good.</li>
        <li>Other connections: a source feeds each of its connections, and Send only the chosen one.</li>
      </ul>
    </section>
    ${explained === undefined ? "" : html`${mapped(explained, privacy)}${whys(explained)}`}`;
  return layout({ title: "Try a call", content, section: "try", viewer });
}

function form({
  connections,
  chosen,
  call,
  problem,
  viewer,
}: Pick<TryPage, "connections" | "chosen" | "call" | "problem" | "viewer">): Html {
  return html`<form class="card try" method="post" action="/try">
      <div class="field">
        <label for="call">Call, as JSON</label>
        <textarea id="call" name="call" rows="14" spellcheck="false" autocomplete="off" aria-describedby="call-hint"${problem === undefined ? "" : html` aria-invalid="true"`}>${call}</textarea>
        ${problem === undefined ? "" : html`<p class="problem" role="alert">${withCode(problem)}</p>`}
        <p class="hint" id="call-hint">identify, track, page, screen, group or alias, as an SDK or curl sends it.</p>
      </div>
      ${selectField({
        name: "connection",
        label: "Connection",
        value: chosen,
        choices: connections.map(({ id, name }) => [id, name] as const),
      })}
      <p class="actions">
        <button class="primary">Show what Customer.io would get</button>
        ${viewer.canWrite ? html`<button formaction="/try/send">Send</button>` : ""}
      </p>
    </form>`;
}
