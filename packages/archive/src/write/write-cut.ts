import type { ArchiveLine } from "../archived-message.ts";
import { createBreather } from "../breathe.ts";
import { dateOfDay, dayFolderOf, dayOf } from "../segments/folders.ts";
import { createSegmentBuilder, type SegmentBuilder } from "../segments/segment-builder.ts";
import { type Cut, checkCut, writeSegmentName } from "../segments/segment-name.ts";
import type { Store } from "../store/store.ts";
import { timesOf } from "../times.ts";
import { claimGeneration } from "../upkeep/claim-generation.ts";
import { publishSegment } from "./publish-segment.ts";
import type { Writer } from "./writer.ts";

export type WrittenSegment = {
  path: string;
  date: string;
  lines: number;
  rawBytes: number;
  bytes: number;
  /** Somebody had written it before, with the same lines. */
  wasPresent: boolean;
};

/** "refused": `mayWrite` said no. Nothing or some days are written; the next owner writes the cut again. */
export type CutResult = { outcome: "written" | "refused"; segments: WrittenSegment[] };

export type CutToWrite = Cut & {
  /** Somebody may have begun to write it with other lines: what they publish, even later, does not count. Default false. */
  isRedacted?: boolean;
};

/**
 * Writes all lines of a cut, one segment for each day on which messages were received. Writing it again with the same
 * lines changes nothing. When the lines fail, nothing is published.
 */
export async function writeCut(
  store: Store,
  connectionId: string,
  cut: CutToWrite,
  lines: AsyncIterable<ArchiveLine[]> | Iterable<ArchiveLine[]>,
  writer: Writer,
): Promise<CutResult> {
  checkCut(cut);
  dayFolderOf(connectionId, "");
  const builders = new Map<number, SegmentBuilder>();
  try {
    await collect(builders, lines);
    const segments: WrittenSegment[] = [];
    const generation = cut.isRedacted ? await claimGeneration(store, connectionId, writer, 0) : 0;
    if (generation === undefined) return { outcome: "refused", segments };
    for (const [day, builder] of [...builders].sort(([one], [other]) => one - other)) {
      const built = await builder.finish();
      const date = dateOfDay(day);
      const path = `${dayFolderOf(connectionId, date)}/${writeSegmentName({ ...cut, generation })}`;
      const result = await publishSegment(store, path, built, writer);
      if (result === "refused") return { outcome: "refused", segments };
      const { lines, rawBytes, segment } = built;
      segments.push({ path, date, lines, rawBytes, bytes: segment.length, wasPresent: result === "present" });
    }
    return { outcome: "written", segments };
  } finally {
    for (const builder of builders.values()) builder.abandon();
  }
}

async function collect(
  builders: Map<number, SegmentBuilder>,
  lines: AsyncIterable<ArchiveLine[]> | Iterable<ArchiveLine[]>,
): Promise<void> {
  const breathe = createBreather();
  for await (const group of lines) {
    for (const line of group) {
      const times = timesOf(line.head);
      const day = dayOf(times.receivedMs);
      const builder = builders.get(day) ?? createSegmentBuilder();
      builders.set(day, builder);
      // Most lines wait for nothing, and waiting for nothing costs as much as the rest.
      const waiting = builder.add(line, times) ?? breathe();
      if (waiting) await waiting;
    }
  }
}
