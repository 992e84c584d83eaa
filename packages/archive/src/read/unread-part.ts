import { createBreather } from "../breathe.ts";
import { hashOf } from "../index/hash.ts";
import { type LineRange, lineRanges } from "../segments/line-ranges.ts";
import type { Segment } from "../segments/list-segments.ts";
import { parseLine } from "../segments/segment-text.ts";
import type { Position } from "./position.ts";
import type { ScanOptions } from "./scan-step.ts";

/**
 * What of a segment's text is behind a position: all of it, unless its range contains the position's number. The line that
 * was read last is found by its time and id. If it was erased meanwhile, or the position is that of a whole segment which is merged
 * now, the time tells: a line may be read twice then, and none is left out.
 */
export async function unreadPart(
  text: Buffer,
  segment: Segment,
  { newestFirst, after }: ScanOptions,
): Promise<Buffer> {
  if (after === undefined || after.date !== segment.date) return text;
  if (after.number < segment.first || after.number > segment.last) return text;
  const rest = ({ start, end }: LineRange, withLine: boolean) => {
    if (newestFirst) return text.subarray(0, withLine ? end : start);
    return text.subarray(withLine ? start : end + 1);
  };
  const read = after.idHash === undefined ? undefined : await findLine(text, segment, newestFirst, after);
  if (read !== undefined) return rest(read, false);
  const next = await findByTime(text, segment, newestFirst, after.settledAt);
  return next === undefined ? text.subarray(0, 0) : rest(next, true);
}

async function findLine(
  text: Buffer,
  { path }: Segment,
  newestFirst: boolean,
  { idHash, settledAt }: Position,
): Promise<LineRange | undefined> {
  const needle = Buffer.from(`"settledAt":${JSON.stringify(settledAt)}`);
  const breathe = createBreather();
  for (const portion of lineRanges(text, { needle, newestFirst })) {
    for (const range of portion) {
      const { line } = parseLine(text, range, path);
      if (line.settledAt === settledAt && hashOf(line.messageId) === idHash) return range;
    }
    await breathe();
  }
  return undefined;
}

/** The first line that is not before the time, in the order of reading. */
async function findByTime(
  text: Buffer,
  { path }: Segment,
  newestFirst: boolean,
  settledAt: string,
): Promise<LineRange | undefined> {
  const timeMs = Date.parse(settledAt);
  const breathe = createBreather();
  for (const portion of lineRanges(text, { needle: undefined, newestFirst })) {
    for (const range of portion) {
      if (Number.isNaN(timeMs)) return range;
      const settledMs = Date.parse(parseLine(text, range, path).line.settledAt);
      if (newestFirst ? settledMs <= timeMs : settledMs >= timeMs) return range;
      await breathe();
    }
  }
  return undefined;
}
