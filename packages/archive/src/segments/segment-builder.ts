import { once } from "node:events";
import { constants, createZstdCompress } from "node:zlib";
import type { ArchiveLine } from "../archived-message.ts";
import { createIndexBuilder } from "../index/index-builder.ts";
import { writeIndex } from "../index/segment-index.ts";
import { type LineTimes, timesOf } from "../times.ts";

/** Lines are handed to the compressor in portions of about this much: four times as much took half again as much CPU. */
const portionBytes = 64 * 1024;

export type BuiltSegment = { segment: Buffer; index: Buffer; lines: number; rawBytes: number };

/** Builds a segment and its index, with the compressed bytes in memory only. Compression runs in other threads. */
export type SegmentBuilder = {
  /** The promise, if there is one, resolves when the compressor can take more. */
  add(line: ArchiveLine, times?: LineTimes): Promise<unknown> | undefined;
  finish(): Promise<BuiltSegment>;
  /** Frees the compressor's memory, some 4 MB, when the segment is not wanted. */
  abandon(): void;
};

export function createSegmentBuilder(): SegmentBuilder {
  // The checksum tells a damaged segment for sure. One frame: Node's own decoder reads only the first of several.
  // Level 1 takes half the time of level 3 for lines, and packs them no worse.
  const compressor = createZstdCompress({
    params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
    chunkSize: portionBytes,
  });
  const packed: Buffer[] = [];
  compressor.on("data", (chunk: Buffer) => packed.push(chunk));
  const index = createIndexBuilder();
  let portion = "";
  let rawBytes = 0;

  function flush(): Promise<unknown> | undefined {
    const bytes = Buffer.from(portion);
    portion = "";
    rawBytes += bytes.length;
    return compressor.write(bytes) ? undefined : once(compressor, "drain");
  }

  return {
    add({ text, head }, times = timesOf(head)) {
      index.add(head, times);
      portion += `${text}\n`;
      return portion.length < portionBytes ? undefined : flush();
    },
    async finish() {
      await flush();
      const ended = once(compressor, "end");
      compressor.end();
      await ended;
      const segment = Buffer.concat(packed);
      return {
        segment,
        index: writeIndex(index.finish({ rawBytes, segmentBytes: segment.length })),
        lines: index.lines,
        rawBytes,
      };
    },
    abandon: () => compressor.destroy(),
  };
}
