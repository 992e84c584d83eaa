import { createHash } from "node:crypto";
import { readJsonText, readMessageId, validateMessage } from "@customerio-router/messages";
import type { Line } from "./read-lines.ts";

/** A line that cannot be imported, and why. */
export type RefusedLine = { line: number; reason: string; field: string; message: string; text: string };

/** `json` is the `text` of the line with a `messageId`, so that the intake reads its numbers as they were written. */
export type ImportedCall = { line: number; type: string; text: string; json: string };

/**
 * The call of a line, checked as the intake checks it. Without a `messageId` it gets one made from the line's number and
 * text, the same in every run, so that none is visible twice however often the file is imported.
 */
export function readCall({
  number: line,
  text,
  isUtf8,
}: Line): { call: ImportedCall } | { refused: RefusedLine } {
  if (!isUtf8) {
    return { refused: { line, reason: "not-utf8", field: "", message: "A line must be UTF-8.", text } };
  }
  const value = parse(text);
  if (value === undefined) {
    const message = "A line must be one JSON object.";
    return { refused: { line, reason: "malformed-json", field: "", message, text } };
  }
  const checked = validateMessage(value);
  if (!checked.ok) return { refused: { line, ...checked.problem, text } };
  const { type } = checked.message;
  const messageId = readMessageId(checked.message.messageId);
  return {
    call: { line, type, text, json: messageId === undefined ? withId(text, idOf(line, text)) : text },
  };
}

function parse(text: string): unknown {
  try {
    return readJsonText(text).json;
  } catch {
    return undefined;
  }
}

/** Of two members of one name the last counts. */
function withId(text: string, messageId: string): string {
  return `${text.trimEnd().slice(0, -"}".length)},"messageId":${JSON.stringify(messageId)}}`;
}

function idOf(line: number, text: string): string {
  return `import-${createHash("sha256").update(`${line}\n${text.trimEnd()}`).digest("hex").slice(0, 40)}`;
}
