import { type Context, unlessDamaged } from "../context.ts";
import { buildIndex } from "../index/index-reader.ts";
import { writeIndex } from "../index/segment-index.ts";
import { dayFolderOf } from "../segments/folders.ts";
import { type Day, listDates, listDay, type Segment } from "../segments/list-segments.ts";
import { indexSuffix } from "../segments/segment-name.ts";
import type { Store } from "../store/store.ts";
import type { Writer } from "../write/writer.ts";

/** A writer that takes longer than this for a file finds it gone, and writes it again. */
const unfinishedMs = 60 * 60 * 1000;

export type SweepResult = { removedSegments: number; storedIndexes: number; removedUnfinished: number };

/** Deletes what is superseded or left over, and stores indexes that are missing or damaged. Stops when refused. */
export async function sweep(context: Context, connectionId: string, writer: Writer): Promise<SweepResult> {
  const { store } = context;
  const result: SweepResult = { removedSegments: 0, storedIndexes: 0, removedUnfinished: 0 };
  for (const date of await listDates(store, connectionId)) {
    const { visible, removed } = await sweepDay(store, connectionId, date, writer);
    result.removedSegments += removed;
    for (const segment of visible) {
      if (writer.mayWrite() && (await restoreIndex(context, segment, writer))) result.storedIndexes += 1;
    }
  }
  if (writer.mayWrite()) result.removedUnfinished = await store.removeUnfinished(unfinishedMs);
  return result;
}

/** Deletes the superseded segments of a day, by a list that is made now, and gives those that count. */
export async function sweepDay(
  store: Store,
  connectionId: string,
  date: string,
  { mayWrite }: Writer,
): Promise<Day & { removed: number }> {
  const day = await listDay(store, connectionId, date);
  let removed = 0;
  for (const segment of day.hidden) {
    if (!mayWrite()) return { ...day, removed };
    await removeSegment(store, segment);
    removed += 1;
  }
  for (const path of day.orphans) if (mayWrite()) await store.remove(path);
  if (day.visible.length === 0 && mayWrite()) await store.removeFolder(dayFolderOf(connectionId, date));
  return { ...day, removed };
}

/** An index without its segment is swept later; a segment without its index is still read. */
export async function removeSegment(store: Store, { path }: Segment): Promise<void> {
  await store.remove(path);
  await store.remove(path + indexSuffix);
}

async function restoreIndex(context: Context, segment: Segment, { mayWrite }: Writer): Promise<boolean> {
  const { store, indexes } = context;
  if ((await indexes.readStored(segment)) !== undefined) return false;
  const index = await unlessDamaged(context, () => buildIndex(store, segment));
  if (index === undefined || !mayWrite()) return false;
  await store.remove(segment.path + indexSuffix);
  await store.publish(segment.path + indexSuffix, writeIndex(index), mayWrite);
  return true;
}
