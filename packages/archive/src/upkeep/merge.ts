import { DamagedSegmentError, VanishedSegmentError } from "../archive-error.ts";
import { createBreather } from "../breathe.ts";
import type { Context } from "../context.ts";
import { peopleOnLine } from "../people-on-line.ts";
import { dateOf, dayFolderOf } from "../segments/folders.ts";
import { lineRanges } from "../segments/line-ranges.ts";
import { listDates, listDay, type Segment } from "../segments/list-segments.ts";
import { createSegmentBuilder } from "../segments/segment-builder.ts";
import { writeSegmentName } from "../segments/segment-name.ts";
import { parseLine, readSegmentText } from "../segments/segment-text.ts";
import { publishSegment } from "../write/publish-segment.ts";
import type { Writer } from "../write/writer.ts";
import { claimGeneration } from "./claim-generation.ts";
import { findGroup } from "./find-group.ts";
import { sweepDay } from "./sweep.ts";

export type MergeResult = { outcome: "done" | "refused"; sources: number; merged: number };

/**
 * Merges the small segments of finished days. Only cuts that follow each other without a gap are merged: a cut that is
 * written later is then never within a merged range by mistake.
 */
export async function merge(
  context: Context,
  connectionId: string,
  writer: Writer,
  { nowMs = Date.now() }: { nowMs?: number } = {},
): Promise<MergeResult> {
  const result: MergeResult = { outcome: "done", sources: 0, merged: 0 };
  const today = dateOf(nowMs);
  const damaged = new Set<string>();
  let generation: number | undefined;
  for (const date of await listDates(context.store, connectionId)) {
    if (date >= today) continue;
    for (;;) {
      // Listed again for each group: only what counts now is merged.
      const { visible } = await listDay(context.store, connectionId, date);
      const group = await findGroup(context, visible, damaged);
      if (group === undefined) break;
      const atLeast = Math.max(...visible.map((segment) => segment.generation));
      if (generation === undefined || generation <= atLeast) {
        generation = await claimGeneration(context.store, connectionId, writer, atLeast);
      }
      if (generation === undefined) return { ...result, outcome: "refused" };
      const outcome = await mergeGroup(context, group, generation, writer);
      if (outcome === "refused") return { ...result, outcome };
      if (outcome !== "merged") {
        damaged.add(outcome.damaged);
        continue;
      }
      result.sources += group.length;
      result.merged += 1;
    }
  }
  return result;
}

async function mergeGroup(
  context: Context,
  group: Segment[],
  generation: number,
  writer: Writer,
): Promise<"merged" | "refused" | { damaged: string }> {
  const { store } = context;
  const [{ connectionId, date, first }] = group as [Segment];
  const { last } = group.at(-1) as Segment;
  const builder = createSegmentBuilder();
  try {
    const breathe = createBreather();
    for (const segment of group) {
      const text = await readSegmentText(store, segment);
      for (const portion of lineRanges(text, { needle: undefined, newestFirst: false })) {
        for (const range of portion) {
          const { line, text: stored } = parseLine(text, range, segment.path);
          await builder.add({ text: stored, head: { ...line, people: peopleOnLine(line) } });
          await breathe();
        }
      }
    }
    const path = `${dayFolderOf(connectionId, date)}/${writeSegmentName({ first, last, generation })}`;
    const published = await publishSegment(store, path, await builder.finish(), writer);
    if (published === "refused" || !writer.mayWrite()) return "refused";
    await sweepDay(store, connectionId, date, writer);
    return "merged";
  } catch (error) {
    // Somebody else changed the day: the caller is no longer its only owner.
    if (error instanceof VanishedSegmentError) return "refused";
    if (!(error instanceof DamagedSegmentError)) throw error;
    context.warnOfDamage(error);
    return { damaged: error.path };
  } finally {
    builder.abandon();
  }
}
