import { isObject } from "@customerio-router/messages";
import { refusedBounds } from "@customerio-router/reports";
import { SalvagedBatch, Unsaved } from "../receive/salvage/salvaged-batch.ts";

const { exampleBytes } = refusedBounds;
const hidden = "(hidden)";
const secretWords = "write_?key|api_?key|secret|password|passwd|token|authorization|cookie|credential";
const secretName = new RegExp(secretWords, "i");
/** In text that is no JSON a value may be cut off or stand within other text: all up to the next closing quote goes. */
const secretInText = new RegExp(
  `("[^"\\\\]{0,60}(?:${secretWords})[^"\\\\]{0,60}\\\\*"\\s*:\\s*)(\\\\*")?(?:[^"\\\\]|\\\\.)*`,
  "gi",
);
/** Of longer text only this much is looked at, so that hiding what is secret in it takes no time. */
const lookedAt = 4 * exampleBytes;

/** The first KB of a body, without secrets. Takes as long for a large body as for a small one. */
export function exampleBody(body: unknown, writeKey: string | undefined): string {
  const masked = typeof body === "string" ? withoutSecrets(body.slice(0, lookedAt)) : beginningOf(body);
  return cut(writeKey === undefined ? masked : masked.replaceAll(writeKey, hidden));
}

/** The same of a header. */
export function exampleText(text: string, writeKey: string | undefined): string {
  const plain = text.replace(/\p{Cc}/gu, " ").slice(0, refusedBounds.userAgentLength);
  return writeKey === undefined ? plain : plain.replaceAll(writeKey, hidden);
}

function withoutSecrets(text: string): string {
  return text.replace(secretInText, `$1"${hidden}`);
}

/** A streaming decoder leaves out the character that the cut splits. The copy does not keep the whole body alive. */
function cut(text: string): string {
  const bytes = Buffer.from(text).subarray(0, exampleBytes);
  return new TextDecoder().decode(bytes, { stream: true });
}

/** The beginning of a value's JSON. */
function beginningOf(value: unknown): string {
  let text = "";
  const isFull = () => text.length >= exampleBytes;

  function write(inner: unknown): void {
    if (inner instanceof SalvagedBatch) write(inner.envelopes);
    else if (inner instanceof Unsaved) text += withoutSecrets(inner.text.slice(0, lookedAt));
    else if (Array.isArray(inner)) writeAll("[]", inner, write);
    else if (isObject(inner)) writeAll("{}", membersOf(inner), writeMember);
    else if (typeof inner === "string") text += JSON.stringify(withoutSecrets(inner.slice(0, exampleBytes)));
    else text += JSON.stringify(inner) ?? "null";
  }

  function writeMember([name, inner]: [string, unknown]): void {
    text += `${JSON.stringify(name.slice(0, exampleBytes))}:`;
    if (secretName.test(name)) text += JSON.stringify(hidden);
    else write(inner);
  }

  function writeAll<Item>(
    [open, close]: string,
    items: Iterable<Item>,
    writeItem: (item: Item) => void,
  ): void {
    text += open;
    let isFirst = true;
    for (const item of items) {
      if (isFull()) return;
      if (!isFirst) text += ",";
      isFirst = false;
      writeItem(item);
    }
    if (!isFull()) text += close;
  }

  write(value);
  return text;
}

/** One after the other: an object may have a million. */
function* membersOf(fields: Record<string, unknown>): Generator<[string, unknown]> {
  for (const name in fields) if (Object.hasOwn(fields, name)) yield [name, fields[name]];
}
