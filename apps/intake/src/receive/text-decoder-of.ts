import type { IncomingMessage } from "node:http";
import { TextDecoder } from "node:util";

/** Skips a byte order mark and reads invalid UTF-8 as U+FFFD, so that one bad id does not lose the other messages. */
const utf8 = new TextDecoder();

/**
 * The decoder for the charset in a request's Content-Type; UTF-8 without one or for an unknown one. Reads the raw
 * headers, since Fastify sees another Content-Type.
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
    // RangeError: unknown charset. SDKs send UTF-8 under any name.
    return utf8;
  }
}
