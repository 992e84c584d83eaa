import type { Context } from "../context.ts";
import { connectionFolderOf } from "../segments/folders.ts";
import { listDates } from "../segments/list-segments.ts";
import type { Store } from "../store/store.ts";
import type { Writer } from "../write/writer.ts";
import { sweepDay } from "./sweep.ts";

export type RemovalResult = { outcome: "done" | "refused"; removedFiles: number };

/** Deletes all that the archive has of a connection. Interrupted or refused, it can be run again. */
export async function removeConnection(
  { store }: Context,
  connectionId: string,
  writer: Writer,
): Promise<RemovalResult> {
  const result: RemovalResult = { outcome: "done", removedFiles: 0 };
  // What a segment hides goes first: an interrupted removal shows nothing that was erased.
  for (const date of await listDates(store, connectionId)) await sweepDay(store, connectionId, date, writer);
  const isDone = await removeFolder(store, connectionFolderOf(connectionId), writer, result);
  return { ...result, outcome: isDone ? "done" : "refused" };
}

/** False when refused. */
async function removeFolder(
  store: Store,
  folder: string,
  writer: Writer,
  result: RemovalResult,
): Promise<boolean> {
  const { folders, files } = await store.list(folder);
  for (const name of folders)
    if (!(await removeFolder(store, `${folder}/${name}`, writer, result))) return false;
  for (const { name } of files) {
    if (!writer.mayWrite()) return false;
    await store.remove(`${folder}/${name}`);
    result.removedFiles += 1;
  }
  await store.removeFolder(folder);
  return true;
}
