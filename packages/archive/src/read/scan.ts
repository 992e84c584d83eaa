import { VanishedSegmentError } from "../archive-error.ts";
import { type Context, unlessDamaged } from "../context.ts";
import { inOrder } from "../in-order.ts";
import type { Segment } from "../segments/list-segments.ts";
import { readSegmentText } from "../segments/segment-text.ts";
import type { PreparedFilter } from "./line-filter.ts";
import type { ScanOptions, ScanStep } from "./scan-step.ts";
import { scanText } from "./scan-text.ts";
import { segmentsFrom } from "./segments-from.ts";

const indexesAtOnce = 16;
/** Each takes the memory of an unpacked segment. */
const textsAtOnce = 3;
const maxRelists = 5;

/**
 * A connection's lines from the newest or the oldest day on, within a day in the order they were settled in. Segments that
 * are merged or rewritten meanwhile are listed again, and the scan goes on behind its last line.
 */
export async function* scan(
  context: Context,
  connectionId: string,
  filter: PreparedFilter,
  { newestFirst, after }: ScanOptions,
): AsyncGenerator<ScanStep, void, undefined> {
  let position = after;
  for (let relists = 0; ; relists += 1) {
    try {
      for await (const step of scanListed(context, connectionId, filter, { newestFirst, after: position })) {
        position = step.position;
        relists = 0;
        yield step;
      }
      return;
    } catch (error) {
      if (!(error instanceof VanishedSegmentError) || relists === maxRelists) throw error;
    }
  }
}

type Found = { segment: Segment; text?: Buffer; receivedMs?: number; settledAt: string; damaged?: string };

async function* scanListed(
  context: Context,
  connectionId: string,
  filter: PreparedFilter,
  options: ScanOptions,
): AsyncGenerator<ScanStep, void, undefined> {
  const { newestFirst, after } = options;
  const segments = segmentsFrom(context.store, connectionId, filter, options);
  const indexed = inOrder(segments, indexesAtOnce, async (segment) => ({
    segment,
    index: await unlessDamaged(context, () => context.indexes.read(segment)),
  }));
  const texts = inOrder(indexed, textsAtOnce, async ({ segment, index }): Promise<Found> => {
    if (index === undefined) return { segment, settledAt: "", damaged: segment.path };
    const { received, settled, rawBytes } = index;
    const receivedMs = newestFirst ? received.minMs : received.maxMs;
    const settledAt = isoOf(newestFirst ? settled.minMs : settled.maxMs);
    if (!filter.mayBeIn(index)) return { segment, receivedMs, settledAt };
    const text = await unlessDamaged(context, () => readSegmentText(context.store, segment, rawBytes));
    return text
      ? { segment, receivedMs, settledAt, text }
      : { segment, settledAt: "", damaged: segment.path };
  });
  for await (const { text, segment, receivedMs, settledAt, damaged } of texts) {
    const { date } = segment;
    const number = newestFirst ? segment.first : segment.last;
    let end = { date, number, done: true, settledAt, idHash: undefined as number | undefined };
    let spoiled = damaged;
    if (text !== undefined) {
      const lines = scanText(text, segment, filter, { newestFirst, after });
      for (;;) {
        const next = await unlessDamaged(context, () => lines.next());
        if (next === undefined) spoiled = segment.path;
        if (next === undefined) break;
        if (next.done) {
          end = { ...end, ...next.value };
          break;
        }
        yield next.value;
      }
    }
    yield {
      position: end,
      ...(receivedMs !== undefined && Number.isFinite(receivedMs) && { receivedMs }),
      ...(spoiled !== undefined && { damaged: spoiled }),
    };
  }
}

/** Of an empty segment, nothing. */
function isoOf(timeMs: number): string {
  return Number.isFinite(timeMs) ? new Date(timeMs).toISOString() : "";
}
