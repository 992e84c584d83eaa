import type { OperationError } from "./reply.ts";

/** A sentence of Customer.io longer than this tells a person nothing more. */
const longestTextLength = 500;

type ErrorEntry = { [key: string]: unknown };

/** The entries under `errors`, or undefined when the reply has no such list. */
export function errorEntries(json: unknown): ErrorEntry[] | undefined {
  const errors = isObject(json) ? json.errors : undefined;
  return Array.isArray(errors) ? errors.map((entry) => (isObject(entry) ? entry : {})) : undefined;
}

/** Sorts the entries of a batch's reply by `batch_index`; `strays` counts those without a valid one. */
export function readOperationErrors(
  entries: ErrorEntry[],
  operations: number,
): { rejected: Map<number, OperationError>; strays: number } {
  const rejected = new Map<number, OperationError>();
  let strays = 0;
  for (const entry of entries) {
    const index = entry.batch_index;
    const isValid = typeof index === "number" && Number.isInteger(index) && index >= 0 && index < operations;
    if (!isValid) strays += 1;
    else if (!rejected.has(index)) rejected.set(index, readOperationError(entry));
  }
  return { rejected, strays };
}

/** Customer.io's reason for rejecting a whole request: v2's `errors`, v1's `meta.errors` or `meta.error`. */
export function requestReason(json: unknown): string {
  const meta = isObject(json) && isObject(json.meta) ? json.meta : {};
  const sentences = [
    ...(errorEntries(json) ?? []).map(readOperationError).map(inOneSentence),
    ...(Array.isArray(meta.errors) ? meta.errors : [meta.error]).map(text),
  ].filter((sentence) => sentence !== "");
  return cut(sentences.join("; "));
}

function readOperationError(entry: ErrorEntry): OperationError {
  const field = text(entry.field);
  return { reason: text(entry.reason), ...(field && { field }), message: text(entry.message) };
}

function inOneSentence({ reason, field, message }: OperationError): string {
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
