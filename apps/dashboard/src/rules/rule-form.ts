import type { Rule } from "@customerio-router/rules";
import type { TextFields } from "../page/text-fields.ts";

/** A rule as a form has it: its action as a name and at most two texts. */
export type RuleTexts = {
  name: string;
  on: boolean;
  if: string;
  action: string;
  field: string;
  value: string;
};

/** The actions in the order of the form, with what they ask for. */
export const actionForms = [
  { action: "drop", label: "Drop the message" },
  { action: "remove", label: "Remove a field", field: "Field" },
  { action: "hash", label: "Hash a field", field: "Field" },
  { action: "rename", label: "Rename a field", field: "Field", value: "New path" },
  { action: "set", label: "Set a field", field: "Field", value: "Value: text, or JSON" },
  { action: "renameEvent", label: "Rename the event", value: "New name" },
  { action: "sample", label: "Keep some people", value: "Percent of people" },
] as const;

export const newRule: RuleTexts = { name: "", on: true, if: "", action: "drop", field: "", value: "" };

export function toTexts({ name, on, if: condition, then }: Rule): RuleTexts {
  return { name, on, if: condition, ...actionTexts(then) };
}

function actionTexts(then: Rule["then"]): Pick<RuleTexts, "action" | "field" | "value"> {
  if ("drop" in then) return { action: "drop", field: "", value: "" };
  if ("remove" in then) return { action: "remove", field: then.remove, value: "" };
  if ("hash" in then) return { action: "hash", field: then.hash, value: "" };
  if ("rename" in then) return { action: "rename", field: then.rename.from, value: then.rename.to };
  if ("set" in then) return { action: "set", field: then.set.field, value: valueText(then.set.value) };
  if ("renameEvent" in then) return { action: "renameEvent", field: "", value: then.renameEvent };
  return { action: "sample", field: "", value: String(then.sample) };
}

/** As JSON, unless it is text that would not be read as JSON. */
function valueText(value: unknown): string {
  return typeof value === "string" && readValue(value) === value ? value : JSON.stringify(value);
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** As the API takes it; what is missing or wrong is told when it is checked. */
export function fromTexts({ name, on, if: condition, action, field, value }: RuleTexts): object {
  return { name, on, if: condition, then: actionOf(action, { field: field.trim(), value: value.trim() }) };
}

function actionOf(action: string, { field, value }: { field: string; value: string }): object {
  switch (action) {
    case "remove":
    case "hash":
      return { [action]: field };
    case "rename":
      return { rename: { from: field, to: value } };
    case "set":
      return { set: { field, value: readValue(value) } };
    case "renameEvent":
      return { renameEvent: value };
    case "sample":
      return { sample: value === "" ? value : Number(value) };
    default:
      return { drop: true };
  }
}

/** The rules of a posted form, in their order. */
export function readRuleTexts(fields: TextFields): RuleTexts[] {
  const count = Math.min(Number(fields.count) || 0, 200);
  return Array.from({ length: count }, (_, at) => {
    const text = (part: string) => fields[`rules.${at}.${part}`] ?? "";
    return {
      name: text("name"),
      on: fields[`rules.${at}.on`] !== undefined,
      if: text("if"),
      action: text("action"),
      field: text("field"),
      value: text("value"),
    };
  });
}
