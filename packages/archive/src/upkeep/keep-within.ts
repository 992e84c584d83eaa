import type { Context } from "../context.ts";
import { dateOf } from "../segments/folders.ts";
import { listConnections, listDates, type Segment } from "../segments/list-segments.ts";
import type { Writer } from "../write/writer.ts";
import { removeSegment, sweepDay } from "./sweep.ts";

const dayMs = 86_400_000;

export type Bounds = {
  /** Whole days of receipt to keep beside today. */
  days?: number | undefined;
  /** Of all connections together, indexes included. */
  bytes?: number | undefined;
};

export type RetentionResult = {
  outcome: "done" | "refused";
  removedSegments: number;
  removedBytes: number;
  keptBytes: number;
  /** By connection: the newest day of which something was deleted. */
  removedUntil: Record<string, string>;
};

/** Deletes the oldest days first, of all connections alike, until the rest is within the bounds. */
export async function keepWithin(
  { store }: Context,
  { days = Number.POSITIVE_INFINITY, bytes = Number.POSITIVE_INFINITY }: Bounds,
  writer: Writer,
  { nowMs = Date.now() }: { nowMs?: number } = {},
): Promise<RetentionResult> {
  const oldestDate = Number.isFinite(days) ? dateOf(nowMs - days * dayMs) : "";
  const result: RetentionResult = {
    outcome: "done",
    removedSegments: 0,
    removedBytes: 0,
    keptBytes: 0,
    removedUntil: {},
  };
  const segments: Segment[] = [];
  for (const connectionId of await listConnections(store)) {
    for (const date of await listDates(store, connectionId)) {
      if (!writer.mayWrite()) return { ...result, outcome: "refused" };
      // What a segment hides goes first, or it would be read again without it.
      segments.push(...(await sweepDay(store, connectionId, date, writer)).visible);
    }
  }
  result.keptBytes = segments.reduce((sum, segment) => sum + sizeOf(segment), 0);
  const touched = new Map<string, Segment>();
  for (const segment of segments.toSorted(oldestFirst)) {
    if (segment.date >= oldestDate && result.keptBytes <= bytes) break;
    if (!writer.mayWrite()) return { ...result, outcome: "refused" };
    await removeSegment(store, segment);
    result.removedSegments += 1;
    result.removedBytes += sizeOf(segment);
    result.keptBytes -= sizeOf(segment);
    result.removedUntil[segment.connectionId] = segment.date;
    touched.set(`${segment.connectionId} ${segment.date}`, segment);
  }
  for (const { connectionId, date } of touched.values()) await sweepDay(store, connectionId, date, writer);
  return result;
}

function sizeOf({ bytes, indexBytes = 0 }: Segment): number {
  return bytes + indexBytes;
}

function oldestFirst(one: Segment, other: Segment): number {
  return one.date === other.date ? one.first - other.first : one.date < other.date ? -1 : 1;
}
