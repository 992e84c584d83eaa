import { type Context, unlessDamaged } from "../context.ts";
import type { SegmentIndex } from "../index/segment-index.ts";
import type { Segment } from "../segments/list-segments.ts";

/**
 * Of a merged segment, unpacked. A person's lines are in as many segments as there are days and more, and each has to be
 * unpacked: with 32 MB that takes four times longer.
 */
const maxMergedBytes = 8 * 1024 * 1024;
/** Larger ones stay as they are: a late message must not make a large segment be written again. */
const maxSmallBytes = 4 * 1024 * 1024;

/** The first two or more small segments in a row that fit into one. */
export async function findGroup(
  context: Context,
  segments: Segment[],
  damaged: ReadonlySet<string>,
): Promise<Segment[] | undefined> {
  let group: Segment[] = [];
  let groupBytes = 0;
  for (const segment of segments) {
    const index = damaged.has(segment.path)
      ? undefined
      : await unlessDamaged(context, () => context.indexes.read(segment));
    const follows = group.at(-1)?.last === segment.first - 1;
    if (!isSmall(index) || !follows || groupBytes + index.rawBytes > maxMergedBytes) {
      if (group.length > 1) return group;
      group = [];
      groupBytes = 0;
    }
    if (!isSmall(index)) continue;
    group.push(segment);
    groupBytes += index.rawBytes;
  }
  return group.length > 1 ? group : undefined;
}

function isSmall(index: SegmentIndex | undefined): index is SegmentIndex {
  return index !== undefined && index.rawBytes <= maxSmallBytes;
}
