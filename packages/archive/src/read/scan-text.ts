import { createBreather } from "../breathe.ts";
import { hashOf } from "../index/hash.ts";
import { lastRead, lineRanges } from "../segments/line-ranges.ts";
import type { Segment } from "../segments/list-segments.ts";
import { parseLine } from "../segments/segment-text.ts";
import type { PreparedFilter } from "./line-filter.ts";
import type { Position } from "./position.ts";
import type { ScanOptions, ScanStep } from "./scan-step.ts";
import { unreadPart } from "./unread-part.ts";

/**
 * The lines of an unpacked segment that pass the filter. Returns what identifies the line that is read last, so that nothing is
 * read twice when the segment is merged meanwhile.
 */
export async function* scanText(
  text: Buffer,
  segment: Segment,
  filter: PreparedFilter,
  { newestFirst, after }: ScanOptions,
): AsyncGenerator<ScanStep, Pick<Position, "idHash" | "settledAt"> | undefined, undefined> {
  const number = newestFirst ? segment.first : segment.last;
  const unread = await unreadPart(text, segment, { newestFirst, after });
  const breathe = createBreather();
  for (const portion of lineRanges(unread, { needle: filter.needle, newestFirst })) {
    for (const range of portion) {
      const { line } = parseLine(unread, range, segment.path);
      await breathe();
      if (!filter.matches(line)) continue;
      const { messageId, settledAt } = line;
      yield {
        line,
        position: { date: segment.date, number, done: false, settledAt, idHash: hashOf(messageId) },
        receivedMs: Date.parse(line.receivedAt),
      };
    }
    await breathe();
  }
  const last = lastRead(text, newestFirst);
  if (last === undefined) return undefined;
  const { messageId, settledAt } = parseLine(text, last, segment.path).line;
  return { idHash: hashOf(messageId), settledAt };
}
