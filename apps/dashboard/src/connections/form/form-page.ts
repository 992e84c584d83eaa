import type { ShownSource } from "@customerio-router/connections";
import type { Viewer } from "../../login/viewer.ts";
import { checkboxes } from "../../page/fields/checkboxes.ts";
import { problemMark } from "../../page/fields/problem-mark.ts";
import { type TextField, textField } from "../../page/fields/text-field.ts";
import { type Html, html } from "../../page/html.ts";
import { layout } from "../../page/layout.ts";
import type { TextFields } from "../../page/text-fields.ts";
import { settingFields } from "./setting-fields.ts";

type FormPage = {
  /** The id of the connection that is edited; `undefined`: a new one. */
  id: string | undefined;
  values: TextFields;
  problems: TextFields;
  /** Those to choose from. */
  sources: ShownSource[];
  allowCustomTrackUrl: boolean;
  /** What the settings would change. */
  preview?: Html | undefined;
  /** A key was entered, which no page shows again. */
  isKeyDropped?: boolean;
  viewer: Viewer;
};

/** The form of a connection, new or existing. The API key is never part of it. */
export function formPage(options: FormPage): Html {
  const {
    id,
    values,
    problems,
    sources,
    allowCustomTrackUrl,
    preview,
    isKeyDropped = false,
    viewer,
  } = options;
  const title = id === undefined ? "New connection" : `Edit the connection ${values.name}`;
  const hasSettingProblems = Object.keys(problems).some((field) => field.startsWith("settings."));
  const field = (more: Omit<TextField, "value" | "problem">) =>
    textField({ ...more, value: values[more.name] ?? "", problem: problems[more.name] });
  const content = html`<h1>${title}</h1>
    <p class="lead">A connection delivers the calls of its sources to one Customer.io workspace. Messages wait until Customer.io takes them.</p>
    ${Object.keys(problems).length === 0 ? "" : html`<p class="problem" role="alert">Not saved: correct the fields below.</p>`}
    <form method="post" action="${id === undefined ? "/connections" : `/connections/${id}`}" class="card form" data-connection="${id ?? ""}">
      ${field({ name: "name", label: "Name", hint: "Unique, such as “Shop, production”.", required: true })}
      ${field({ name: "siteId", label: "Site ID", hint: "In Customer.io: Settings, Account Settings, API Credentials, Track API Keys.", required: true })}
      ${apiKeyField({ isNew: id === undefined, isDropped: isKeyDropped, problem: problems.apiKey })}
      ${regionField({ region: values.region, problem: problems.region })}
      <p class="test"><button type="button" data-test="/connections/test" hidden>Test the keys</button> <span role="status" data-test-result></span></p>
      <div>
        <label><input type="checkbox" name="unchecked"${values.unchecked === undefined ? "" : html` checked`} aria-describedby="unchecked-hint"> Save unchecked</label>
        <p class="hint" id="unchecked-hint">Without it, Customer.io must accept the keys before they are saved. Tick it while Customer.io is unavailable, and choose the region.</p>
      </div>
      ${sources.length === 0 ? "" : fedBy({ id, values, problems, sources })}
      <details${preview || hasSettingProblems || problems.writeKey || problems.trackUrl ? html` open` : ""}>
        <summary>Write key and settings</summary>
        ${
          id === undefined || values.writeKey !== undefined
            ? field({
                name: "writeKey",
                label: "Write key",
                hint: "Of its own source: senders authenticate with it. Leave it blank to generate one.",
              })
            : ""
        }
        ${
          allowCustomTrackUrl || values.trackUrl
            ? field({
                name: "trackUrl",
                label: "Custom URL",
                hint: "Where to send instead of Customer.io, such as the sandbox. Leave it blank for Customer.io.",
              })
            : ""
        }
        ${settingFields({ values, problems })}
      </details>
      <p class="actions"><button class="primary">Save</button> ${id === undefined ? "" : html`<button name="do" value="preview" aria-describedby="preview-hint">Preview</button> `}<a href="${id === undefined ? "/" : `/connections/${id}`}">Cancel</a></p>
      ${id === undefined ? "" : html`<p class="hint" id="preview-hint">Shows what Customer.io would get otherwise of the last 10,000 recorded messages, and saves nothing.</p>`}
    </form>
    ${preview ?? ""}`;
  return layout({ title, content, section: "connections", viewer });
}

function fedBy({ id, values, problems, sources }: Omit<FormPage, "allowCustomTrackUrl" | "viewer">): Html {
  return html`<div id="fed-by">
        <input type="hidden" name="sources" value="chosen">
        ${checkboxes({
          name: "sources",
          legend: "Fed by",
          hint:
            id === undefined
              ? "The sources whose calls it gets. If you tick none, it gets a new source with its name and a write key of its own."
              : "The sources whose calls it receives.",
          choices: sources.map((source) => ({ ...source, note: source.kind })),
          values,
          problem: problems.sources,
        })}
      </div>`;
}

function apiKeyField({
  isNew,
  isDropped,
  problem,
}: {
  isNew: boolean;
  isDropped: boolean;
  problem: string | undefined;
}): Html {
  const hint = isNew
    ? "Beside the Site ID. Stored encrypted, and never shown again."
    : "Leave it blank to keep the stored one.";
  return html`<div class="field">
        <label for="apiKey">API Key</label>
        <input id="apiKey" name="apiKey" type="password" autocomplete="off" spellcheck="false" aria-describedby="apiKey-hint"
          ${isNew ? html` required` : html` placeholder="••••••••••••"`}>
        ${problemMark(problem)}
        ${isDropped ? html`<p class="problem">Enter the API Key again: the form does not keep it.</p>` : ""}
        <p class="hint" id="apiKey-hint">${hint}</p>
      </div>`;
}

function regionField({ region, problem }: { region: string | undefined; problem: string | undefined }): Html {
  const option = (value: string, label: string) =>
    html`<option value="${value}"${value === (region ?? "") ? html` selected` : ""}>${label}</option>`;
  return html`<div class="field">
        <label for="region">Region</label>
        <select id="region" name="region" aria-describedby="region-hint">
          ${option("", "Detect from the keys")}${option("us", "US")}${option("eu", "EU")}
        </select>
        ${problemMark(problem)}
        <p class="hint" id="region-hint">Where Customer.io stores the workspace's data. Looked up with the keys, unless you choose it.</p>
      </div>`;
}
