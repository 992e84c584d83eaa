import type { IncomingMessage } from "node:http";
import { TextDecoder } from "node:util";

/** Leaves out a byte order mark, and reads what is no UTF-8 as U+FFFD: one bad id must not sink the others. */
const utf8 = new TextDecoder();

/**
 * The decoder for the charset that a request's Content-Type names; that of UTF-8 where it names none, or one that nobody
 * knows. It is looked up among the headers as they were sent: Fastify is shown another Content-Type.
 */
export function textDecoderOf({ rawHeaders }: Pick<IncomingMessage, "rawHeaders">): TextDecoder {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length !== contentType.length || name.toLowerCase() !== contentType) continue;
    const label = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(rawHeaders[index + 1] as string)?.[1];
    return label === undefined || /^utf-?8$/i.test(label) ? utf8 : decoderNamed(label);
  }
  return utf8;
}

const contentType = "content-type";

function decoderNamed(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    // RangeError: no such charset. What SDKs send is UTF-8, whatever they call it.
    return utf8;
  }
}
