import type { Store } from "../store/store.ts";
import { connectionFolderOf, dayFolderOf, readConnectionFolder, readDateFolder } from "./folders.ts";
import { indexSuffix, readSegmentName, type SegmentName } from "./segment-name.ts";
import { splitVisible } from "./visible.ts";

export type Segment = SegmentName & {
  connectionId: string;
  date: string;
  path: string;
  bytes: number;
  /** Undefined without an index. */
  indexBytes: number | undefined;
};

export type Day = {
  /** Those that count, oldest first. */
  visible: Segment[];
  /** Superseded by one of the visible ones. */
  hidden: Segment[];
  /** Paths of indexes whose segment is gone. */
  orphans: string[];
};

export async function listConnections(store: Store): Promise<string[]> {
  const { folders } = await store.list("");
  return folders.flatMap((folder) => readConnectionFolder(folder) ?? []).sort();
}

/** Oldest first. */
export async function listDates(store: Store, connectionId: string): Promise<string[]> {
  const { folders } = await store.list(connectionFolderOf(connectionId));
  return folders.flatMap((folder) => readDateFolder(folder) ?? []).sort();
}

export async function listDay(store: Store, connectionId: string, date: string): Promise<Day> {
  const folder = dayFolderOf(connectionId, date);
  const { files } = await store.list(folder);
  const bytesOf = new Map(files.map(({ name, bytes }) => [name, bytes]));
  const segments = files.flatMap(({ name, bytes }): Segment[] => {
    const parts = readSegmentName(name);
    if (parts === undefined) return [];
    const path = `${folder}/${name}`;
    return [{ ...parts, connectionId, date, path, bytes, indexBytes: bytesOf.get(name + indexSuffix) }];
  });
  const orphans = files
    .filter(({ name }) => name.endsWith(indexSuffix) && !bytesOf.has(name.slice(0, -indexSuffix.length)))
    .map(({ name }) => `${folder}/${name}`);
  return { ...splitVisible(segments), orphans };
}
