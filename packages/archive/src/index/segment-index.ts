import { crc32 } from "node:zlib";

/** In Unix milliseconds, both ends included. Of no lines: from infinity to minus infinity. */
export type TimeSpan = { minMs: number; maxMs: number };

/** What can be known of a segment without unpacking it. */
export type SegmentIndex = {
  lines: number;
  rawBytes: number;
  /** Of the compressed segment that it belongs to. */
  segmentBytes: number;
  received: TimeSpan;
  settled: TimeSpan;
  /** Sorted hashes of message ids. */
  messages: Buffer;
  /** Sorted hashes of `peopleOf`. */
  people: Buffer;
  /** Sorted hashes of events, outcomes, reasons and sources. */
  words: Buffer;
};

/** A new version makes readers rebuild the indexes of earlier ones. */
const version = 1;
/** Version, checksum of the rest, seven numbers, three counts. */
const headBytes = 1 + 4 + 7 * 8 + 3 * 4;

export function writeIndex(index: SegmentIndex): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt8(version, 0);
  let at = 5;
  for (const number of numbersOf(index)) at = head.writeDoubleLE(number, at);
  const sections = [index.messages, index.people, index.words];
  for (const section of sections) at = head.writeUInt32LE(section.length / 4, at);
  const bytes = Buffer.concat([head, ...sections]);
  bytes.writeUInt32LE(crc32(bytes.subarray(5)), 1);
  return bytes;
}

function numbersOf({ lines, rawBytes, segmentBytes, received, settled }: SegmentIndex): number[] {
  return [lines, rawBytes, segmentBytes, received.minMs, received.maxMs, settled.minMs, settled.maxMs];
}

/** Undefined for what is damaged, of another version, or of another segment: the index is rebuilt then. */
export function readIndex(bytes: Buffer, segmentBytes: number): SegmentIndex | undefined {
  if (bytes.length < headBytes || bytes.readUInt8(0) !== version) return undefined;
  if (bytes.readUInt32LE(1) !== crc32(bytes.subarray(5))) return undefined;
  const number = (place: number) => bytes.readDoubleLE(5 + place * 8);
  if (number(2) !== segmentBytes) return undefined;
  let at = headBytes;
  const [messages, people, words] = [0, 1, 2].map((place) => {
    const length = bytes.readUInt32LE(headBytes - 12 + place * 4) * 4;
    at += length;
    return bytes.subarray(at - length, at);
  }) as [Buffer, Buffer, Buffer];
  return {
    lines: number(0),
    rawBytes: number(1),
    segmentBytes,
    received: { minMs: number(3), maxMs: number(4) },
    settled: { minMs: number(5), maxMs: number(6) },
    messages,
    people,
    words,
  };
}
