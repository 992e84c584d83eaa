import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import { DamagedSegmentError, VanishedSegmentError } from "../archive-error.ts";
import type { ArchivedMessage } from "../archived-message.ts";
import type { Store } from "../store/store.ts";
import type { LineRange } from "./line-ranges.ts";
import type { Segment } from "./list-segments.ts";

const decompress = promisify(zstdDecompress);

/**
 * Node unpacks into chunks and then copies them together, on the main thread. So a segment whose size is known from its
 * index is one chunk: 41 ms for 33 MB and nothing to copy, where chunks of 1 MB keep the main thread for 30 ms.
 */
const maxChunkBytes = 256 * 1024 * 1024;
const chunkBytesOfUnknown = 1024 * 1024;

/**
 * A segment unpacked, off the main thread.
 *
 * @throws DamagedSegmentError, and VanishedSegmentError when it was removed since it was listed.
 */
export async function readSegmentText(
  store: Store,
  { path }: Segment,
  rawBytes = chunkBytesOfUnknown,
): Promise<Buffer> {
  const packed = await store.read(path);
  if (packed === undefined) throw new VanishedSegmentError(`The segment ${path} is gone`);
  try {
    // One byte more, as a full chunk asks for another one; zlib wants 64 at least.
    const chunkSize = Math.min(Math.max(rawBytes + 1, 64), maxChunkBytes);
    return await decompress(packed, { chunkSize });
  } catch (error) {
    throw new DamagedSegmentError(path, (error as Error).message);
  }
}

/** @throws DamagedSegmentError for what is no line of an archive. */
export function parseLine(
  segment: Buffer,
  { start, end }: LineRange,
  path: string,
): { line: ArchivedMessage; text: string } {
  try {
    const text = segment.toString("utf8", start, end);
    const line = JSON.parse(text) as ArchivedMessage;
    if (typeof line?.messageId === "string" && !Number.isNaN(Date.parse(line.settledAt)))
      return { line, text };
  } catch {
    // Told below, with the segment's name instead of what the line says.
  }
  throw new DamagedSegmentError(path, `the line at byte ${start} is not a settled message`);
}
