import { type Problem, placeholders } from "@customerio-router/alerts";
import type { Viewer } from "../../login/viewer.ts";
import { type Html, html } from "../../page/html.ts";
import { layout } from "../../page/layout.ts";
import { selectField } from "../../page/select-field.ts";
import type { TextFields } from "../../page/text-fields.ts";
import { withCode } from "../../page/with-code.ts";
import type { ChannelKind } from "./channel-form.ts";

type ChannelFormPage = {
  /** `undefined`: a new one. */
  id: string | undefined;
  kind: ChannelKind;
  values: TextFields;
  problems: Problem[];
  viewer: Viewer;
};

/** The form of a channel, new or existing. Its secrets are never part of it. */
export function channelFormPage({ id, kind, values, problems, viewer }: ChannelFormPage): Html {
  const isNew = id === undefined;
  const title = isNew
    ? kind === "webhook"
      ? "New webhook"
      : "New e-mail channel"
    : `Edit the channel ${values.name}`;
  const shown = { values, problems, isNew };
  const content = html`<h1>${title}</h1>
    <p class="lead">A channel is where alerts are told: ${kind === "webhook" ? "a URL that is posted to, such as a chat's" : "the recipients of an e-mail"}.</p>
    ${problems.length === 0 ? "" : html`<p class="problem" role="alert">Not saved: correct the fields below.</p>`}
    <form method="post" action="${isNew ? "/alerts/channels" : `/alerts/channels/${id}`}" class="card form">
      <input type="hidden" name="kind" value="${kind}">
      ${field(shown, { name: "name", label: "Name", hint: "Such as “Pager” or “On call”.", required: true })}
      ${kind === "webhook" ? webhookFields(shown) : emailFields(shown)}
      <p class="actions"><button class="primary">Save</button> <a href="/alerts">Cancel</a></p>
    </form>
    ${isNew ? "" : remove(id, values.name ?? "")}`;
  return layout({ title, content, section: "alerts", viewer });
}

type Shown = Pick<ChannelFormPage, "values" | "problems"> & { isNew: boolean };

function webhookFields(shown: Shown): Html {
  return html`${field(shown, { name: "url", label: "URL", hint: "Stored encrypted, and never shown again.", type: "url", required: shown.isNew, isSecret: true })}
      ${field(shown, { name: "secret", label: "Signing secret", hint: "whsec_ and 24 to 64 bytes in base64. Leave it blank to have one made.", type: "password", isSecret: true })}
      <div class="field">
        <label for="template">Body</label>
        <textarea id="template" name="template" rows="4" spellcheck="false" aria-describedby="template-hint">${shown.values.template ?? ""}</textarea>
        ${problemOf(shown.problems, "template")}
        <p class="hint" id="template-hint">Leave it blank for the standard body. For Slack: <code>{"text": "{{summary}}"}</code>. Placeholders: ${placeholders.join(", ")}.</p>
      </div>`;
}

function emailFields(shown: Shown): Html {
  return html`${field(shown, { name: "to", label: "Recipients", hint: "Email addresses, separated by commas; at most 20.", required: true })}
      ${field(shown, { name: "from", label: "Sender", hint: "An email address that the mail server lets you send from.", required: true })}
      ${field(shown, { name: "host", label: "Mail server", hint: "Its host name, such as smtp.example.com.", required: true })}
      ${field(shown, { name: "port", label: "Port", hint: "Usually 587 for STARTTLS and 465 for TLS.", type: "number", required: true, standard: "587" })}
      ${selectField({
        name: "security",
        label: "Security",
        value: shown.values.security ?? "starttls",
        choices: [
          ["starttls", "STARTTLS"],
          ["tls", "TLS"],
          ["none", "None: for a server on this machine or without a password"],
        ],
      })}
      ${problemOf(shown.problems, "security")}
      ${field(shown, { name: "user", label: "User", hint: "Leave it blank if the server asks for none." })}
      ${field(shown, { name: "password", label: "Password", hint: "Stored encrypted, and never shown again.", type: "password", isSecret: true })}`;
}

type Field = {
  name: string;
  label: string;
  hint: string;
  type?: "text" | "url" | "number" | "password";
  required?: boolean;
  /** A blank one keeps what is stored. */
  isSecret?: boolean;
  standard?: string;
};

function field(
  { values, problems, isNew }: Shown,
  { name, label, hint, type = "text", required = false, isSecret = false, standard = "" }: Field,
): Html {
  const problem = problemOf(problems, name);
  const value = isSecret ? "" : (values[name] ?? standard);
  return html`<div class="field">
        <label for="${name}">${label}</label>
        <input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="off" spellcheck="false" aria-describedby="${name}-hint"${required ? html` required` : ""}${problem === "" ? "" : html` aria-invalid="true"`}>
        ${problem}
        <p class="hint" id="${name}-hint">${isSecret && !isNew ? "Leave it blank to keep the stored one." : hint}</p>
      </div>`;
}

/** Problems of a list's items belong to the list. */
function problemOf(problems: readonly Problem[], name: string): Html | "" {
  const problem = problems.find(({ field }) => field === name || field.startsWith(`${name}.`));
  return problem === undefined ? "" : html`<p class="problem">${withCode(problem.message)}</p>`;
}

function remove(id: string, name: string): Html {
  return html`<form method="post" action="/alerts/channels/${id}/remove" class="card form">
      <p>What was not delivered to it yet is not delivered any more. Without a channel the alerts are off.</p>
      <p class="actions"><button class="danger">Delete ${name}</button></p>
    </form>`;
}
