import type { Refusal } from "./answer.ts";

/** A sentence of Customer.io longer than this tells a person nothing more. */
const longestTextLength = 500;

type Entry = { [key: string]: unknown };

/** The entries under `errors`, or undefined when the answer has no such list. */
export function errorEntries(answer: unknown): Entry[] | undefined {
  const errors = isObject(answer) ? answer.errors : undefined;
  return Array.isArray(errors) ? errors.map((entry) => (isObject(entry) ? entry : {})) : undefined;
}

/** Sorts the entries of a batch's answer by `batch_index`; `strays` counts those without a valid one. */
export function readRefusals(
  entries: Entry[],
  operations: number,
): { rejected: Map<number, Refusal>; strays: number } {
  const rejected = new Map<number, Refusal>();
  let strays = 0;
  for (const entry of entries) {
    const index = entry.batch_index;
    const isValid = typeof index === "number" && Number.isInteger(index) && index >= 0 && index < operations;
    if (!isValid) strays += 1;
    else if (!rejected.has(index)) rejected.set(index, readRefusal(entry));
  }
  return { rejected, strays };
}

/** Customer.io's reason for refusing a whole request: v2's `errors`, v1's `meta.errors` or `meta.error`. */
export function refusalReason(answer: unknown): string {
  const meta = isObject(answer) && isObject(answer.meta) ? answer.meta : {};
  const sentences = [
    ...(errorEntries(answer) ?? []).map(readRefusal).map(refusalSentence),
    ...(Array.isArray(meta.errors) ? meta.errors : [meta.error]).map(text),
  ].filter((sentence) => sentence !== "");
  return cut(sentences.join("; "));
}

function readRefusal(entry: Entry): Refusal {
  const field = text(entry.field);
  return { reason: text(entry.reason), ...(field && { field }), message: text(entry.message) };
}

function refusalSentence({ reason, field, message }: Refusal): string {
  return [field, reason, message].filter((part) => part).join(": ");
}

function text(value: unknown): string {
  return typeof value === "string" ? cut(value) : "";
}

function cut(sentence: string): string {
  return sentence.length <= longestTextLength ? sentence : `${sentence.slice(0, longestTextLength)}…`;
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
