import type { Connection } from "@customerio-router/connections";
import type { Viewer } from "../login/viewer.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import type { TextFields } from "../page/text-fields.ts";
import { withCode } from "../page/with-code.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { replayForm } from "./replay-form.ts";
import { type NamedReplay, replayList } from "./replay-list.ts";

/** The form of a dry run, and all replays. */
export function replayPage(options: {
  connections: Connection[];
  replays: NamedReplay[];
  fields: TextFields;
  /** What is wrong with what was asked. */
  problem?: string | undefined;
  privacy: Privacy;
  viewer: Viewer;
}): Html {
  const { connections, fields, problem, viewer } = options;
  const content = html`<h1>Replay</h1>
    <p class="lead">Sends archived messages again, beside live ones. First a dry run says what Customer.io would show.</p>
    ${problem === undefined ? "" : html`<p class="problem" role="alert">${withCode(problem)}</p>`}
    ${connections.length > 0 ? replayForm({ connections, fields }) : ""}
    ${replayList(options)}`;
  return layout({ title: "Replay", content, section: "replay", viewer });
}
