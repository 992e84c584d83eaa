import { describeNotice, type NoticeText } from "../notices/describe-notice.ts";
import type { Notice } from "../notices/notice.ts";

/** What a template may name; each is text within a string of its JSON, and `messages` may stand alone as a number. */
export const placeholders = [
  "id",
  "event",
  "condition",
  "title",
  "summary",
  "detail",
  "action",
  "link",
  "messages",
  "example",
  "connections",
  "at",
] as const;

type Values = Record<(typeof placeholders)[number], string>;

const placeholder = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** The body of a webhook's request, with each value escaped for the JSON string it stands in. */
export function renderTemplate(template: string, notice: Notice, text: NoticeText): string {
  const values: Values = {
    ...text,
    id: notice.id,
    event: notice.event,
    condition: notice.condition ?? "",
    messages: String(text.messages),
    at: new Date(notice.atMs).toISOString(),
  };
  return template.replace(placeholder, (_all, name: keyof Values) =>
    JSON.stringify(values[name]).slice(1, -1),
  );
}

const sample: Notice = {
  id: "msg_1",
  event: "begun",
  condition: "keys-refused",
  atMs: 0,
  alerts: [
    {
      key: "keys-refused",
      subject: { kind: "connection", id: "shop", name: 'A "quoted" \\ name, {"with": ["JSON"]} in it' },
      detail: 'Line one\nline "two"',
      messages: 1,
      beganAtMs: 0,
      example: "m1",
    },
  ],
};

/** Why a template cannot be used; undefined when it can. */
export function findTemplateProblem(template: string): string | undefined {
  const names: string[] = [...template.matchAll(placeholder)].map(([, name = ""]) => name);
  const unknown = names.find((name) => !(placeholders as readonly string[]).includes(name));
  if (unknown !== undefined) {
    return `There is no placeholder {{${unknown}}}: use ${placeholders.join(", ")}.`;
  }
  try {
    JSON.parse(renderTemplate(template, sample, describeNotice(sample, null)));
    return undefined;
  } catch {
    return "The template must be JSON, with placeholders inside its strings.";
  }
}
