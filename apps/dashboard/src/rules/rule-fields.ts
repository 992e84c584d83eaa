import type { RuleFailure } from "@customerio-router/connections";
import { formatCount } from "../overview/format-count.ts";
import { type Html, html } from "../page/html.ts";
import { selectField } from "../page/select-field.ts";
import type { TextFields } from "../page/text-fields.ts";
import { withCode } from "../page/with-code.ts";
import { actionForms, type RuleTexts } from "./rule-form.ts";

export type RuleFields = {
  rule: RuleTexts;
  at: number;
  count: number;
  connectionId: string;
  /** By the field's name in the form. */
  problems: TextFields;
  /** How often its condition failed since the rules were saved. */
  failure: RuleFailure | undefined;
  /** The name or value of what has the focus. */
  focus: string | undefined;
};

/** One rule: what it is called, when it applies, what it does, and its place. */
export function ruleFields({ rule, at, count, connectionId, problems, failure, focus }: RuleFields): Html {
  const name = (part: string) => `rules.${at}.${part}`;
  const form = actionForms.find(({ action }) => action === rule.action) ?? actionForms[0];
  const text = (part: "name" | "field" | "value", label: string, more: { needed?: boolean } = {}) =>
    html`<div class="field${more.needed === false ? " unused" : ""}">
          <label for="${name(part)}">${label}</label>
          <input id="${name(part)}" name="${name(part)}" value="${rule[part]}" autocomplete="off" spellcheck="false"${focused(name(part))}${described(problems, name(part))}>
          ${problemAt(problems, name(part))}
        </div>`;
  const focused = (what: string) => (focus === what ? html` autofocus` : "");
  const button = (wish: "up" | "down" | "remove", label: string, isOff = false) =>
    html`<button name="do" value="${wish}:${at}" aria-label="${label} ${rule.name || `rule ${at + 1}`}"${isOff ? html` disabled` : ""}${focused(`${wish}:${at}`)}>${label}</button>`;
  return html`<fieldset class="card rule" data-rule="${at}">
        <legend>Rule ${at + 1}</legend>
        <div class="rule-line">
          ${text("name", "Name")}
          <label class="check"><input type="checkbox" name="${name("on")}"${rule.on ? html` checked` : ""}> On</label>
        </div>
        <div class="field">
          <label for="${name("if")}">Condition</label>
          <textarea id="${name("if")}" name="${name("if")}" rows="2" spellcheck="false" autocomplete="off" placeholder="every message"${described(problems, name("if"))}>${rule.if}</textarea>
          ${problemAt(problems, name("if"))}
        </div>
        <div class="rule-action">
          ${selectField({ name: name("action"), label: "Action", value: rule.action, choices: actionForms.map(({ action, label }) => [action, label] as const) })}
          ${text("field", "field" in form ? form.field : "Field", { needed: "field" in form })}
          ${text("value", "value" in form ? form.value : "Value", { needed: "value" in form })}
        </div>
        ${problemAt(problems, name("then"))}${problemAt(problems, name("action"))}
        ${failure === undefined ? "" : failed(failure, connectionId)}
        <p class="actions">${button("up", "Up", at === 0)}${button("down", "Down", at === count - 1)}${button("remove", "Remove")}</p>
      </fieldset>`;
}

function failed({ count, messageId, why }: RuleFailure, connectionId: string): Html {
  const example = `/message?${new URLSearchParams({ connection: connectionId, id: messageId })}`;
  return html`<p class="problem">Its condition failed on ${formatCount(count)} ${count === 1 ? "message" : "messages"} since these rules were saved, which it therefore left as they were. <a href="${example}">The last one</a>: ${withCode(why)}</p>`;
}

function described(problems: TextFields, name: string): Html | "" {
  return problems[name] === undefined ? "" : html` aria-invalid="true" aria-describedby="${name}-problem"`;
}

function problemAt(problems: TextFields, name: string): Html | "" {
  const problem = problems[name];
  return problem === undefined ? "" : html`<p class="problem" id="${name}-problem">${withCode(problem)}</p>`;
}
