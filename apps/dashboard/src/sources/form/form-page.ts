import type { Connection } from "@customerio-router/connections";
import type { Viewer } from "../../login/viewer.ts";
import { checkboxes } from "../../page/fields/checkboxes.ts";
import { problemMark } from "../../page/fields/problem-mark.ts";
import { textField } from "../../page/fields/text-field.ts";
import { type Html, html } from "../../page/html.ts";
import { layout } from "../../page/layout.ts";
import { selectField } from "../../page/select-field.ts";
import type { TextFields } from "../../page/text-fields.ts";

type FormPage = {
  /** The source that is edited; `undefined`: a new one. */
  source: { id: string; name: string } | undefined;
  values: TextFields;
  problems: TextFields;
  connections: Connection[];
  viewer: Viewer;
};

/** The form of a source, new or existing. Write keys of an existing one are on its page. */
export function formPage({ source, values, problems, connections, viewer }: FormPage): Html {
  const title = source === undefined ? "New source" : `Edit the source ${source.name}`;
  const field = (name: string, label: string, hint: string, required = false) =>
    textField({ name, label, hint, required, value: values[name] ?? "", problem: problems[name] });
  const content = html`<h1>${title}</h1>
    <p class="lead">A source is where calls come from: pages, an app, a server. Its senders authenticate with its write keys.</p>
    ${Object.keys(problems).length === 0 ? "" : html`<p class="problem" role="alert">Not saved: correct the fields below.</p>`}
    <form method="post" action="${source === undefined ? "/sources" : `/sources/${source.id}`}" class="card form">
      ${field("name", "Name", "Unique, such as “Shop, pages”.", true)}
      ${kindField(values, problems)}
      ${originsField(values, problems)}
      ${checkboxes({
        name: "connections",
        legend: "Feeds",
        hint:
          connections.length === 0
            ? "There is no connection yet."
            : "Each call goes to every connection you tick.",
        choices: connections,
        values,
        problem: problems.connections,
      })}
      ${field("messagesPerSecond", "Messages per second", "Its own limit, for each intake. Leave it blank for RATE_LIMIT_PER_KEY.")}
      ${source === undefined ? field("writeKey", "Write key", "Senders authenticate with it. Leave it blank to generate one.") : ""}
      <p class="actions"><button class="primary">Save</button> <a href="${source === undefined ? "/sources" : `/sources/${source.id}`}">Cancel</a></p>
    </form>`;
  return layout({ title, content, section: "sources", viewer });
}

function kindField({ kind = "browser" }: TextFields, problems: TextFields): Html {
  return html`<div>
        ${selectField({
          name: "kind",
          label: "Kind",
          value: kind,
          choices: [
            ["browser", "browser: pages, whose write key everybody can read"],
            ["server", "server: alone may delete and suppress people"],
            ["mobile", "mobile: apps, whose write key everybody can read"],
          ],
        })}
        ${problemMark(problems.kind)}
      </div>`;
}

function originsField({ origins = "" }: TextFields, problems: TextFields): Html {
  return html`<div class="field">
        <label for="origins">Origins</label>
        <textarea id="origins" name="origins" rows="3" spellcheck="false" aria-describedby="origins-hint">${origins}</textarea>
        ${problemMark(problems.origins)}
        <p class="hint" id="origins-hint">Of a browser source: the pages that may send, one per line, such as https://shop.example. None: pages of any site.</p>
      </div>`;
}
