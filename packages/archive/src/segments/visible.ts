import type { SegmentName } from "./segment-name.ts";

/**
 * Of a day's segments those that count, oldest first, and those that others supersede.
 *
 * A segment is hidden by one of a later generation whose range meets its own, and by one of its own generation whose range
 * contains its own. Generations are claimed by one owner after another, so this holds however late a suspended writer
 * publishes:
 * - a cut (generation 0) after it was rewritten or merged is hidden by the result;
 * - a merged segment (of an earlier owner) after one of its sources was rewritten is hidden, and its other sources count,
 *   because only an owner whose result counts removes sources.
 */
export function splitVisible<Segment extends SegmentName>(
  segments: Segment[],
): { visible: Segment[]; hidden: Segment[] } {
  const visible: Segment[] = [];
  const hidden: Segment[] = [];
  for (const overlapping of clusters(segments)) {
    const counting: Segment[] = [];
    for (const segment of overlapping.sort(strongestFirst)) {
      (counting.some((other) => hides(other, segment)) ? hidden : counting).push(segment);
    }
    visible.push(...counting);
  }
  return { visible: visible.sort(oldestFirst), hidden };
}

/** Segments whose ranges meet, so that only few are compared with each other: a day can have thousands. */
function clusters<Segment extends SegmentName>(segments: Segment[]): Segment[][] {
  const found: Segment[][] = [];
  let end = 0;
  for (const segment of segments.toSorted(oldestFirst)) {
    if (segment.first > end) found.push([]);
    found.at(-1)?.push(segment);
    end = Math.max(end, segment.last);
  }
  return found;
}

function strongestFirst(one: SegmentName, other: SegmentName): number {
  const widest = other.last - other.first - (one.last - one.first);
  return other.generation - one.generation || widest || one.first - other.first;
}

function oldestFirst(one: SegmentName, other: SegmentName): number {
  return one.first - other.first || one.last - other.last;
}

function hides(one: SegmentName, other: SegmentName): boolean {
  if (one.generation > other.generation) return one.first <= other.last && other.first <= one.last;
  return one.first <= other.first && other.last <= one.last;
}
