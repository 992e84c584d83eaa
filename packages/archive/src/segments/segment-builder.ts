import { once } from "node:events";
import { constants, createZstdCompress } from "node:zlib";
import type { ArchivedMessage } from "../archived-message.ts";
import { createIndexBuilder } from "../index/index-builder.ts";
import { writeIndex } from "../index/segment-index.ts";
import { peopleOnLine } from "../people-on-line.ts";

/** Lines are handed to the compressor in portions of about this much. */
const portionBytes = 256 * 1024;
const newline = Buffer.from("\n");

export type BuiltSegment = { segment: Buffer; index: Buffer; lines: number; rawBytes: number };

/** Builds a segment and its index, with the compressed bytes in memory only. Compression runs in other threads. */
export type SegmentBuilder = {
  readonly rawBytes: number;
  /** Resolves when the compressor can take more. */
  add(line: ArchivedMessage): Promise<void>;
  /** A line as it is stored already: its bytes are kept, with fields that this version does not know. */
  addStored(line: ArchivedMessage, bytes: Buffer): Promise<void>;
  finish(): Promise<BuiltSegment>;
  /** Frees the compressor's memory, some 4 MB, when the segment is not wanted. */
  abandon(): void;
};

export function createSegmentBuilder(): SegmentBuilder {
  // The checksum tells a damaged segment for sure. One frame: Node's own decoder reads only the first of several.
  const compressor = createZstdCompress({
    params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 },
    chunkSize: portionBytes,
  });
  const packed: Buffer[] = [];
  compressor.on("data", (chunk: Buffer) => packed.push(chunk));
  const index = createIndexBuilder();
  let portion: Buffer[] = [];
  let inPortion = 0;
  let rawBytes = 0;

  async function addBytes(bytes: Buffer): Promise<void> {
    portion.push(bytes, newline);
    inPortion += bytes.length + 1;
    rawBytes += bytes.length + 1;
    if (inPortion >= portionBytes) await flush();
  }

  async function flush(): Promise<void> {
    const bytes = Buffer.concat(portion, inPortion);
    portion = [];
    inPortion = 0;
    if (!compressor.write(bytes)) await once(compressor, "drain");
  }

  return {
    get rawBytes() {
      return rawBytes;
    },
    async add(line) {
      const people = peopleOnLine(line);
      index.add(line, people);
      await addBytes(Buffer.from(JSON.stringify({ ...line, people })));
    },
    async addStored(line, bytes) {
      index.add(line, peopleOnLine(line));
      await addBytes(bytes);
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
