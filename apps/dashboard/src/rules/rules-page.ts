import type { Connection, RuleFailures, RulesPreview } from "@customerio-router/connections";
import { ruleLimits } from "@customerio-router/rules";
import type { Viewer } from "../login/viewer.ts";
import type { ExplainedMessage } from "../messages/explain-message.ts";
import { mapped, whys } from "../messages/mapped-view.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import type { TextFields } from "../page/text-fields.ts";
import { withCode } from "../page/with-code.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { previewView } from "./preview-view.ts";
import { ruleFields } from "./rule-fields.ts";
import { actionForms, type RuleTexts } from "./rule-form.ts";

export type RulesPage = {
  connection: Connection;
  /** Of the list that was read. */
  version: number;
  rules: RuleTexts[];
  salted: boolean;
  failures: RuleFailures;
  /** By the field's name in the form. */
  problems?: TextFields | undefined;
  /** What was done, or why it was not. */
  notice?: { text: string; isProblem: boolean } | undefined;
  /** The call to test, as the person wrote it. */
  call: string;
  callProblem?: string | undefined;
  explained?: ExplainedMessage | undefined;
  preview?: RulesPreview | undefined;
  /** The name or value of what has the focus. */
  focus?: string | undefined;
  privacy: Privacy;
  viewer: Viewer;
};

/** The rules of a connection: their list, what they would do, and what they make of one call. */
export function rulesPage(options: RulesPage): Html {
  const { connection, rules, notice, preview, explained, privacy, viewer } = options;
  const title = `Rules of ${connection.name}`;
  const content = html`<p class="crumbs"><a href="/connections/${connection.id}">${connection.name}</a></p>
    <h1>${title}</h1>
    <p class="lead">They drop and change messages before Customer.io gets them, one after the other. docs/rules.md explains conditions and actions.</p>
    ${notice === undefined ? "" : html`<p class="${notice.isProblem ? "problem" : "notice"}" role="${notice.isProblem ? "alert" : "status"}">${notice.text}</p>`}
    ${viewer.canWrite ? form(options) : list(rules)}
    ${preview === undefined ? "" : previewView(preview, connection, privacy)}
    ${explained === undefined ? "" : html`<div id="tested">${mapped(explained, privacy)}${whys(explained)}</div>`}`;
  return layout({ title, content, section: "connections", viewer });
}

function form(options: RulesPage): Html {
  const { connection, version, rules, failures, problems = {}, focus } = options;
  const { id } = connection;
  const needs = Object.fromEntries(
    actionForms.map(({ action, ...more }) => [
      action,
      ["field" in more ? more.field : null, "value" in more ? more.value : null],
    ]),
  );
  return html`<form class="rules" method="post" action="/connections/${id}/rules" data-rules="${JSON.stringify(needs)}">
      <button name="do" value="preview" hidden>Preview</button>
      <input type="hidden" name="version" value="${version}">
      <input type="hidden" name="count" value="${rules.length}">
      ${problems.rules === undefined ? "" : html`<p class="problem" role="alert">${withCode(problems.rules)}</p>`}
      ${rules.length === 0 ? html`<p class="hint">There are no rules: every message goes to Customer.io as its call came.</p>` : ""}
      ${rules.map((rule, at) =>
        ruleFields({
          ...{ rule, at, count: rules.length, connectionId: id, problems, focus },
          failure: Object.hasOwn(failures, rule.name) ? failures[rule.name] : undefined,
        }),
      )}
      <p class="actions"><button name="do" value="add"${focus === "add" ? html` autofocus` : ""}${rules.length >= ruleLimits.rules ? html` disabled` : ""}>Add a rule</button></p>
      ${saltFields(options)}
      ${callField(options)}
      <p class="actions">
        <button class="primary" name="do" value="save">Save</button>
        <button name="do" value="preview">Preview</button>
        <button name="do" value="test">Test the call</button>
        <a href="/connections/${id}">Cancel</a>
      </p>
    </form>`;
}

function saltFields({ salted, problems = {} }: RulesPage): Html {
  return html`<details class="card"${problems.salt === undefined ? "" : html` open`}>
        <summary>Salt of hashes${salted ? " (set)" : ""}</summary>
        <div class="field">
          <label for="salt">Salt</label>
          <input id="salt" name="salt" type="password" autocomplete="off" spellcheck="false" aria-describedby="salt-hint"${salted ? html` placeholder="••••••••••••"` : ""}>
          ${problems.salt === undefined ? "" : html`<p class="problem">${withCode(problems.salt)}</p>`}
          <p class="hint" id="salt-hint">Stands before each text that is hashed. Stored encrypted, and never shown again. Another salt makes other hashes. Leave it blank to keep what is stored.</p>
        </div>
        ${salted ? html`<label class="check"><input type="checkbox" name="removeSalt"> Remove the salt</label>` : ""}
      </details>`;
}

function callField({ call, callProblem }: RulesPage): Html {
  return html`<details class="card"${callProblem === undefined && call === "" ? "" : html` open`}>
        <summary>Test on a call</summary>
        <div class="field">
          <label for="call">Call, as JSON</label>
          <textarea id="call" name="call" rows="8" spellcheck="false" autocomplete="off"${callProblem === undefined ? "" : html` aria-invalid="true"`}>${call}</textarea>
          ${callProblem === undefined ? "" : html`<p class="problem" role="alert">${withCode(callProblem)}</p>`}
          <p class="hint">Nothing is sent. “Test the call” shows what these rules, saved or not, and the mapping make of it.</p>
        </div>
      </details>`;
}

/** For who may only look. */
function list(rules: RuleTexts[]): Html {
  if (rules.length === 0) return html`<p class="card">There are no rules.</p>`;
  const labelOf = (name: string) => actionForms.find(({ action }) => action === name)?.label ?? name;
  return html`<table class="card rows stack">
      <thead><tr><th scope="col">Rule</th><th scope="col">Condition</th><th scope="col">Action</th></tr></thead>
      <tbody>${rules.map(
        ({ name, on, if: condition, action, field, value }) => html`<tr>
        <th scope="row">${name}${on ? "" : " (off)"}</th>
        <td data-label="Condition">${condition === "" ? "Every message" : html`<code>${condition}</code>`}</td>
        <td data-label="Action">${labelOf(action)} ${[field, value].filter(Boolean).map((text) => html`<code>${text}</code> `)}</td>
      </tr>`,
      )}</tbody>
    </table>`;
}
