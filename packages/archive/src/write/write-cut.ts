import type { ArchivedMessage } from "../archived-message.ts";
import { createBreather } from "../breathe.ts";
import { dateOf, dayFolderOf } from "../segments/folders.ts";
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
  lines: AsyncIterable<ArchivedMessage[]> | Iterable<ArchivedMessage[]>,
  writer: Writer,
): Promise<CutResult> {
  checkCut(cut);
  dayFolderOf(connectionId, "");
  const builders = new Map<string, SegmentBuilder>();
  try {
    await collect(builders, lines);
    const segments: WrittenSegment[] = [];
    const generation = cut.isRedacted ? await claimGeneration(store, connectionId, writer, 0) : 0;
    if (generation === undefined) return { outcome: "refused", segments };
    for (const date of [...builders.keys()].sort()) {
      const built = await (builders.get(date) as SegmentBuilder).finish();
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
  builders: Map<string, SegmentBuilder>,
  lines: AsyncIterable<ArchivedMessage[]> | Iterable<ArchivedMessage[]>,
): Promise<void> {
  const breathe = createBreather();
  for await (const group of lines) {
    for (const line of group) {
      const date = dateOf(timesOf(line).receivedMs);
      const builder = builders.get(date) ?? createSegmentBuilder();
      builders.set(date, builder);
      await builder.add(line);
      await breathe();
    }
  }
}
