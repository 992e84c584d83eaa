import type { Connection } from "@customerio-router/connections";
import { type Html, html } from "../page/html.ts";
import { selectField } from "../page/select-field.ts";
import type { TextFields } from "../page/text-fields.ts";

/** What to replay; its button makes the dry run. */
export function replayForm({ connections, fields }: { connections: Connection[]; fields: TextFields }): Html {
  const choices = connections.map(({ id, name }): [string, string] => [id, name]);
  const field = (name: string, label: string, more: { type?: string; hint?: string } = {}) =>
    html`<div class="field"><label for="${name}">${label}</label><input type="${more.type ?? "text"}" id="${name}" name="${name}" value="${fields[name] ?? ""}"${more.hint === undefined ? "" : html` placeholder="${more.hint}"`}></div>`;
  const choose = (name: string, label: string, all: [string, string][]) =>
    selectField({ name, label, value: fields[name] ?? "", choices: all });
  return html`<form class="card filters" method="get" action="/replay/dry-run">
      ${choose("connection", "Messages of", choices)}
      ${choose("target", "Send to", [["", "The same connection"], ...choices])}
      ${field("from", "From (UTC)", { type: "date" })}
      ${field("to", "To (UTC)", { type: "date" })}
      ${field("event", "Event", { hint: "track Order Completed" })}
      ${field("person", "Person", { hint: "id:42 or email:…" })}
      ${choose("outcome", "Outcome", [
        ["", "All"],
        ["delivered", "Delivered"],
        ["skipped", "Skipped"],
        ["rejected", "Rejected"],
      ])}
      ${field("source", "Source", { hint: "id of a source" })}
      ${field("where", "Condition", { hint: "message.properties.total > 100.0" })}
      <p class="actions"><button class="primary">Dry run</button></p>
    </form>`;
}
