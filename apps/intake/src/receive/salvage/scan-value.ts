const quote = 0x22;
const backslash = 0x5c;
const openings = new Set(["{", "["]);

/**
 * The end of the JSON value that begins at `at`; undefined for a cut-off one. Only strings are recognized; the parser
 * checks the rest.
 */
export function endOfValue(text: string, at: number): number | undefined {
  if (text.charCodeAt(at) === quote) return endOfString(text, at);
  return openings.has(text.charAt(at)) ? endOfNested(text, at) : endOfBareWord(text, at);
}

/** The index behind the closing quote of the string that opens at `at`. */
export function endOfString(text: string, at: number): number | undefined {
  for (let last = text.indexOf('"', at + 1); last >= 0; last = text.indexOf('"', last + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(last - 1 - backslashes) === backslash) backslashes += 1;
    if (backslashes % 2 === 0) return last + 1;
  }
  return undefined;
}

function endOfNested(text: string, at: number): number | undefined {
  let depth = 0;
  for (let next = at; next < text.length; next += 1) {
    switch (text.charCodeAt(next)) {
      case quote: {
        const end = endOfString(text, next);
        if (end === undefined) return undefined;
        next = end - 1;
        break;
      }
      case 0x7b: // {
      case 0x5b: // [
        depth += 1;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        depth -= 1;
        if (depth === 0) return next + 1;
    }
  }
  return undefined;
}

const endOfWord = /[\s\0,:{}[\]"]/g;

/** A number, `true`, `false` or `null`. One at the end of the text may have been longer. */
function endOfBareWord(text: string, at: number): number | undefined {
  endOfWord.lastIndex = at;
  const end = endOfWord.exec(text)?.index;
  return end === at ? undefined : end;
}

/** The index behind white space, NUL bytes and commas. */
export function skipGap(text: string, at: number): number {
  let next = at;
  while (next < text.length && isGap(text.charCodeAt(next))) next += 1;
  return next;
}

/** The last place before `at` that is no gap. */
export function skipGapBack(text: string, at: number): number {
  let last = at - 1;
  while (last >= 0 && isBlank(text.charCodeAt(last))) last -= 1;
  return last;
}

/** White space of JSON, or NUL: phones pad what they write with it. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || code === 0;
}

function isGap(code: number): boolean {
  return isBlank(code) || code === 0x2c;
}
