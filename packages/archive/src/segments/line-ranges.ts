/** Where a line is in a segment's text, without the line end. */
export type LineRange = { start: number; end: number };

/** Searched in one go: some 2 ms. */
const windowBytes = 1_000_000;
const lineEnd = 0x0a;

type Options = {
  /** Only lines with these bytes in them. */
  needle: Buffer | undefined;
  newestFirst: boolean;
};

/** The lines of a text in portions of about a megabyte, so that others can run in between. The last line is the newest. */
export function* lineRanges(text: Buffer, options: Options): Generator<LineRange[], void, undefined> {
  const { needle, newestFirst } = options;
  for (const { start, end } of newestFirst ? windowsFromEnd(text) : windowsFromStart(text)) {
    const found = needle === undefined ? allLines(text, start, end) : linesWith(text, needle, start, end);
    yield newestFirst ? found.reverse() : found;
  }
}

/** Windows end where lines do. */
function* windowsFromStart(text: Buffer): Generator<LineRange> {
  for (let start = 0; start < text.length; ) {
    const at = text.indexOf(lineEnd, Math.min(start + windowBytes, text.length - 1));
    const end = at === -1 ? text.length : at + 1;
    yield { start, end };
    start = end;
  }
}

function* windowsFromEnd(text: Buffer): Generator<LineRange> {
  for (let end = text.length; end > 0; ) {
    const start = end <= windowBytes ? 0 : text.lastIndexOf(lineEnd, end - windowBytes) + 1;
    yield { start, end };
    end = start;
  }
}

/** The line that is read last; undefined without lines. */
export function lastRead(text: Buffer, newestFirst: boolean): LineRange | undefined {
  if (text.length === 0) return undefined;
  if (newestFirst) return { start: 0, end: endOfLine(text, 0, text.length) };
  const end = text.at(-1) === lineEnd ? text.length - 1 : text.length;
  return { start: end === 0 ? 0 : text.lastIndexOf(lineEnd, end - 1) + 1, end };
}

function allLines(text: Buffer, from: number, to: number): LineRange[] {
  const lines: LineRange[] = [];
  for (let start = from; start < to; ) {
    const end = endOfLine(text, start, to);
    lines.push({ start, end });
    start = end + 1;
  }
  return lines;
}

function linesWith(text: Buffer, needle: Buffer, from: number, to: number): LineRange[] {
  const window = text.subarray(from, to);
  const lines: LineRange[] = [];
  for (let at = window.indexOf(needle); at !== -1; ) {
    const start = from + window.lastIndexOf(lineEnd, at) + 1;
    const end = endOfLine(text, from + at, to);
    lines.push({ start, end });
    at = end + 1 >= to ? -1 : window.indexOf(needle, end + 1 - from);
  }
  return lines;
}

function endOfLine(text: Buffer, from: number, to: number): number {
  const at = text.indexOf(lineEnd, from);
  return at === -1 || at > to ? to : at;
}
