import type { ArchivedMessage, ArchiveLine } from "./archived-message.ts";
import { createContext } from "./context.ts";
import { ensureMark, readMark } from "./mark.ts";
import { type FoundLines, findMessage } from "./read/find-message.ts";
import type { LineFilter } from "./read/line-filter.ts";
import { type ReadLine, readAll } from "./read/read-all.ts";
import { type SearchOptions, type SearchPage, search } from "./read/search.ts";
import { type ArchiveSummary, summarize } from "./read/summarize.ts";
import { listConnections } from "./segments/list-segments.ts";
import { createFileStore } from "./store/file-store.ts";
import { readArchiveUrl } from "./store/read-archive-url.ts";
import { createS3Store, type S3Options } from "./store/s3-store.ts";
import { type Bounds, keepWithin, type RetentionResult } from "./upkeep/keep-within.ts";
import { type MergeResult, merge } from "./upkeep/merge.ts";
import { createOneAtATime } from "./upkeep/one-at-a-time.ts";
import { type RemovalResult, removeConnection } from "./upkeep/remove-connection.ts";
import { type RewriteResult, rewrite } from "./upkeep/rewrite.ts";
import { type SweepResult, sweep } from "./upkeep/sweep.ts";
import { type CutResult, type CutToWrite, writeCut } from "./write/write-cut.ts";
import type { Writer } from "./write/writer.ts";

export type ArchiveOptions = {
  /** `file:`, `file:/absolute/folder`, `s3://bucket/prefix` or `off`. */
  url: string;
  /** Where `file:` has its folder `archive`. */
  dataDir?: string | undefined;
  s3?: S3Options | undefined;
  /** Called with one sentence for each damaged segment. */
  onWarning: (message: string) => void;
};

/**
 * The long-term store of settled messages. Everything fails with an `ArchiveError` when the store does. What changes the
 * archive asks its writer before each step; beside `writeCut`, one process at a time may change a connection.
 */
export type Archive = AsyncDisposable & {
  /** For people: the folder, or `s3://bucket/prefix`. */
  readonly where: string;
  writeCut(
    connectionId: string,
    cut: CutToWrite,
    lines: AsyncIterable<ArchiveLine[]> | Iterable<ArchiveLine[]>,
    writer: Writer,
  ): Promise<CutResult>;

  findMessage(connectionId: string, messageId: string): Promise<FoundLines>;
  /** A person's lines, newest first. Without a budget: it answers when it has as many as asked for. */
  findPerson(
    connectionId: string,
    person: string,
    options?: { limit?: number; before?: string | undefined },
  ): Promise<SearchPage>;
  search(connectionId: string, filter: LineFilter, options?: SearchOptions): Promise<SearchPage>;
  readAll(
    connectionId: string,
    filter?: LineFilter,
    options?: { after?: string | undefined },
  ): AsyncGenerator<ReadLine, void, undefined>;
  list(): Promise<ArchiveSummary[]>;
  /** The ids of the connections that it has something of. */
  connections(): Promise<string[]>;

  keepWithin(bounds: Bounds, writer: Writer, options?: { nowMs?: number }): Promise<RetentionResult>;
  merge(connectionId: string, writer: Writer, options?: { nowMs?: number }): Promise<MergeResult>;
  rewrite(
    connectionId: string,
    people: string[],
    keepLine: (line: ArchivedMessage) => boolean,
    writer: Writer,
  ): Promise<RewriteResult>;
  sweep(connectionId: string, writer: Writer): Promise<SweepResult>;
  removeConnection(connectionId: string, writer: Writer): Promise<RemovalResult>;

  readMark(): Promise<string | undefined>;
  ensureMark(mark: string): Promise<string>;
};

/** Opens the archive at a URL; undefined for `off`. Nothing is read or written yet. */
export async function openArchive(options: ArchiveOptions): Promise<Archive | undefined> {
  const place = readArchiveUrl(options.url, options.dataDir);
  if (place.kind === "off") return undefined;
  const store =
    place.kind === "file"
      ? createFileStore(place.folder)
      : await createS3Store(place.bucket, place.prefix, options.s3 ?? {});
  const context = createContext(store, options.onWarning);
  const inTurn = createOneAtATime();
  return {
    where: store.where,
    writeCut: (...args) => writeCut(store, ...args),

    findMessage: (...args) => findMessage(context, ...args),
    findPerson: (connectionId, person, { limit, before } = {}) =>
      search(
        context,
        connectionId,
        { person },
        { limit, cursor: before, budgetMs: Number.POSITIVE_INFINITY },
      ),
    search: (...args) => search(context, ...args),
    readAll: (connectionId, filter = {}, options = {}) => readAll(context, connectionId, filter, options),
    list: () => summarize(context),
    connections: () => listConnections(store),

    keepWithin: (...args) => inTurn(() => keepWithin(context, ...args)),
    merge: (...args) => inTurn(() => merge(context, ...args)),
    rewrite: (...args) => inTurn(() => rewrite(context, ...args)),
    sweep: (...args) => inTurn(() => sweep(context, ...args)),
    removeConnection: (...args) => inTurn(() => removeConnection(context, ...args)),

    readMark: () => readMark(store),
    ensureMark: (mark) => ensureMark(store, mark),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
