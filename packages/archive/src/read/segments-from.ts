import { endOfDateMs, startOfDateMs } from "../segments/folders.ts";
import { listDates, listDay, type Segment } from "../segments/list-segments.ts";
import type { Store } from "../store/store.ts";
import type { PreparedFilter } from "./line-filter.ts";
import type { ScanOptions } from "./scan-step.ts";

/** The segments to read after a position, in order. Days are listed one by one, so that a search soon has the first. */
export async function* segmentsFrom(
  store: Store,
  connectionId: string,
  { fromMs, toMs }: PreparedFilter,
  { newestFirst, after }: ScanOptions,
): AsyncGenerator<Segment, void, undefined> {
  const dates = await listDates(store, connectionId);
  for (const date of newestFirst ? dates.reverse() : dates) {
    if (startOfDateMs(date) >= toMs || endOfDateMs(date) <= fromMs) continue;
    if (after !== undefined && (newestFirst ? date > after.date : date < after.date)) continue;
    const { visible } = await listDay(store, connectionId, date);
    for (const segment of newestFirst ? visible.reverse() : visible) {
      if (after === undefined || after.date !== date || isUnread(segment, after, newestFirst)) yield segment;
    }
  }
}

/** A merged segment that contains the position is read in part. */
function isUnread(
  { first, last }: Segment,
  { number, done }: NonNullable<ScanOptions["after"]>,
  newestFirst: boolean,
): boolean {
  const own = newestFirst ? first : last;
  if (own === number) return !done;
  return newestFirst ? own < number : own > number;
}
