import { LRUCache } from "lru-cache";
import { createBreather } from "../breathe.ts";
import { peopleOnLine } from "../people-on-line.ts";
import { lineRanges } from "../segments/line-ranges.ts";
import type { Segment } from "../segments/list-segments.ts";
import { indexSuffix } from "../segments/segment-name.ts";
import { parseLine, readSegmentText } from "../segments/segment-text.ts";
import type { Store } from "../store/store.ts";
import { timesOf } from "../times.ts";
import { createIndexBuilder } from "./index-builder.ts";
import { readIndex, type SegmentIndex } from "./segment-index.ts";

/** The indexes of some 10 million messages. */
const maxCachedBytes = 96 * 1024 * 1024;
/** What an entry costs beside its hashes. */
const entryBytes = 500;

export type IndexReader = {
  /** From memory, the index file, or else the segment itself. */
  read(segment: Segment): Promise<SegmentIndex>;
  /** The index file's content, undefined when it is missing or damaged. */
  readStored(segment: Segment): Promise<SegmentIndex | undefined>;
};

export function createIndexReader(store: Store): IndexReader {
  const cache = new LRUCache<string, SegmentIndex>({
    maxSize: maxCachedBytes,
    sizeCalculation: ({ messages, people, words }) =>
      entryBytes + messages.length + people.length + words.length,
  });

  async function readStored(segment: Segment): Promise<SegmentIndex | undefined> {
    if (segment.indexBytes === undefined) return undefined;
    const bytes = await store.read(segment.path + indexSuffix);
    return bytes && readIndex(bytes, segment.bytes);
  }

  return {
    readStored,
    async read(segment) {
      // A file never changes; one that is written again after it was removed has the same content, or another size.
      const key = `${segment.path}:${segment.bytes}`;
      const cached = cache.get(key);
      if (cached !== undefined) return cached;
      const index = (await readStored(segment)) ?? (await buildIndex(store, segment));
      cache.set(key, index);
      return index;
    },
  };
}

/** Reads the whole segment. Throws as `readSegmentText` does. */
export async function buildIndex(store: Store, segment: Segment): Promise<SegmentIndex> {
  const text = await readSegmentText(store, segment);
  const index = createIndexBuilder();
  const breathe = createBreather();
  for (const portion of lineRanges(text, { needle: undefined, newestFirst: false })) {
    for (const range of portion) {
      const { line } = parseLine(text, range, segment.path);
      index.add({ ...line, people: peopleOnLine(line) }, timesOf(line));
      await breathe();
    }
  }
  return index.finish({ rawBytes: text.length, segmentBytes: segment.bytes });
}
