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
  const strongestFirst = segments.toSorted(
    (one, other) =>
      other.generation - one.generation ||
      other.last - other.first - (one.last - one.first) ||
      one.first - other.first,
  );
  for (const segment of strongestFirst) {
    (visible.some((other) => hides(other, segment)) ? hidden : visible).push(segment);
  }
  return { visible: visible.sort((one, other) => one.first - other.first || one.last - other.last), hidden };
}

function hides(one: SegmentName, other: SegmentName): boolean {
  if (one.generation > other.generation) return one.first <= other.last && other.first <= one.last;
  return one.first <= other.first && other.last <= one.last;
}
