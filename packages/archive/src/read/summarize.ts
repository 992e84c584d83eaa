import { type Context, unlessDamaged } from "../context.ts";
import { inOrder } from "../in-order.ts";
import { listConnections, listDates, listDay } from "../segments/list-segments.ts";

const indexesAtOnce = 16;

/** What the archive has of a connection. */
export type ArchiveSummary = {
  connectionId: string;
  segments: number;
  lines: number;
  /** With indexes, and with what was superseded and is not deleted yet. */
  bytes: number;
  rawBytes: number;
  /** When the oldest and the newest message were received, in Unix milliseconds; absent without a message. */
  oldestMs?: number;
  newestMs?: number;
  /** The highest outbox number that a segment has. New cuts have to begin above it. */
  lastNumber: number;
};

/** By connection, in the order of their ids. Damaged segments count with their bytes only. */
export async function summarize(context: Context): Promise<ArchiveSummary[]> {
  const summaries: ArchiveSummary[] = [];
  for (const connectionId of await listConnections(context.store)) {
    summaries.push(await summarizeConnection(context, connectionId));
  }
  return summaries;
}

async function summarizeConnection(context: Context, connectionId: string): Promise<ArchiveSummary> {
  const summary: ArchiveSummary = {
    connectionId,
    segments: 0,
    lines: 0,
    bytes: 0,
    rawBytes: 0,
    lastNumber: 0,
  };
  let oldestMs = Number.POSITIVE_INFINITY;
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const date of await listDates(context.store, connectionId)) {
    const { visible, hidden } = await listDay(context.store, connectionId, date);
    for (const { bytes, indexBytes = 0, last } of [...visible, ...hidden]) {
      summary.bytes += bytes + indexBytes;
      summary.lastNumber = Math.max(summary.lastNumber, last);
    }
    summary.segments += visible.length;
    const indexes = inOrder(visible, indexesAtOnce, (segment) =>
      unlessDamaged(context, () => context.indexes.read(segment)),
    );
    for await (const index of indexes) {
      if (index === undefined) continue;
      summary.lines += index.lines;
      summary.rawBytes += index.rawBytes;
      oldestMs = Math.min(oldestMs, index.received.minMs);
      newestMs = Math.max(newestMs, index.received.maxMs);
    }
  }
  return Number.isFinite(oldestMs) ? { ...summary, oldestMs, newestMs } : summary;
}
