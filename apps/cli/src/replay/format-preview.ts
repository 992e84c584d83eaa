import {
  type PreviewExample,
  type PreviewKind,
  previewKinds,
  type ReplayPreview,
} from "@customerio-router/connections";
import { count, countOf } from "../in-words.ts";

/** Longer operations are cut: a terminal is no place to compare 32 KB. */
const maxDifference = 200;

/** What a replay would do, for a person to read. */
export function formatPreview(preview: ReplayPreview): string {
  const { messages, kinds, otherwise, examples, reasons, isComplete, knowsHistory } = preview;
  const rows = (Object.keys(previewKinds) as PreviewKind[])
    .filter((kind) => kinds[kind] > 0)
    .flatMap((kind) => [row(kinds[kind], previewKinds[kind]), ...examples[kind].map(example)]);
  return [
    `${countOf(messages, "message")}${isComplete ? "" : " looked at; there are more, or more was delivered before"}${messages === 0 ? "." : ":"}`,
    ...rows,
    ...(otherwise > 0
      ? [
          row(otherwise, "of them are mapped otherwise today than they were sent then"),
          ...examples.otherwise.map(example),
        ]
      : []),
    ...Object.entries(reasons).map(([code, number]) => `  ${count(number)} by ${code}`),
    ...(knowsHistory ? [] : ["What was delivered before is not known: nothing counts as seen or older."]),
  ].join("\n");
}

function row(number: number, text: string): string {
  return `${count(number).padStart(9)}  ${text}`;
}

function example({ messageId, receivedAt, event, people, why, difference }: PreviewExample): string {
  const who = people.length > 0 ? ` of ${people.join(", ")}` : "";
  const line = `             ${printable(`${receivedAt} ${event}${who} (${messageId})${why ? `: ${why}` : ""}`)}`;
  if (difference === undefined) return line;
  const { then, today, reason } = difference;
  return [
    line,
    `               then:  ${shorten(JSON.stringify(then))}`,
    `               today: ${reason ?? shorten(JSON.stringify(today))}`,
  ].join("\n");
}

function shorten(text: string): string {
  return printable(text.length > maxDifference ? `${text.slice(0, maxDifference)}…` : text);
}

/** Names of events come from outside: none may steer the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, "\ufffd");
}
