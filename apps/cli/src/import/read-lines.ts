import { isUtf8 } from "node:buffer";
import { once } from "node:events";
import { createReadStream, type ReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { messageLimits } from "@customerio-router/messages";
import { CommandError } from "../command-error.ts";

/** Room for a message with every character escaped; what is longer cannot be one, and is not held in memory. */
const maxLineBytes = 6 * messageLimits.messageBytes;

/** What a packed file begins with. */
const gzipStart = Buffer.from([0x1f, 0x8b]);
const zstdStart = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** What a file begins with that has to be turned into one of the above. */
const otherStarts: readonly [start: Buffer, advice: string][] = [
  [Buffer.from([0xff, 0xfe]), "it is UTF-16: convert it to UTF-8 first"],
  [Buffer.from([0xfe, 0xff]), "it is UTF-16: convert it to UTF-8 first"],
  [Buffer.from("PK\x03\x04"), "it is packed by zip: unpack it first"],
  [Buffer.from("BZh"), "it is packed by bzip2: unpack it first"],
  [Buffer.from([0xfd, 0x37, 0x7a, 0x58]), "it is packed by xz: unpack it first"],
];

const byteOrderMark = "\ufeff";

export type Line = {
  /** From 1. */
  number: number;
  /** Only its beginning when it is too long to be a message. */
  text: string;
  /** False where `text` has U+FFFD in place of bytes that are no UTF-8. */
  isUtf8: boolean;
  /** Of the unpacked file, up to and with this line. */
  bytes: number;
};

export type Lines = {
  lines: AsyncIterable<Line>;
  /** The share of the file up to a line with these `bytes`. Of a packed file it is an estimate until all is unpacked. */
  shareOf(bytes: number, fileBytes: number): number;
};

/** How far the file has been read, and how much that is unpacked. */
type Read = { input: ReadStream | undefined; bytes: number };

/** The lines of a file, which may be packed by gzip or zstd, whatever its name. */
export function readLines(file: string, most = maxLineBytes): Lines {
  const read: Read = { input: undefined, bytes: 0 };
  return {
    lines: split(file, { most, read }),
    shareOf: (bytes, fileBytes) =>
      Math.min(
        (bytes / Math.max(read.bytes, 1)) * ((read.input?.bytesRead ?? 0) / Math.max(fileBytes, 1)),
        1,
      ),
  };
}

async function unpack(input: ReadStream): Promise<Readable> {
  await once(input, "readable");
  const start: Buffer = input.read(4) ?? input.read() ?? Buffer.alloc(0);
  const other = otherStarts.find(([begin]) => start.subarray(0, begin.length).equals(begin));
  if (other !== undefined) throw new Error(other[1]);
  if (start.length > 0) input.unshift(start);
  const unpacking = start.subarray(0, 2).equals(gzipStart)
    ? createGunzip()
    : start.equals(zstdStart)
      ? createZstdDecompress()
      : undefined;
  if (unpacking === undefined) return input;
  input.on("error", (error) => unpacking.destroy(error));
  return input.pipe(unpacking);
}

/** Node gives the first of several zstd frames alone, and says nothing of the others. */
function checkWhole(text: Readable, input: ReadStream): void {
  if ("bytesWritten" in text && Number(text.bytesWritten) < input.bytesRead) {
    throw new Error("it has several zstd frames: unpack it first");
  }
}

async function* split(file: string, { most, read }: { most: number; read: Read }): AsyncGenerator<Line> {
  let number = 0;
  let rest = "";
  let bytes = 0;
  const input = createReadStream(file, { highWaterMark: 256 * 1024 });
  read.input = input;
  try {
    // A character of Latin-1 for each byte: a line that is no UTF-8 affects no other one.
    const text = (await unpack(input)).setEncoding("latin1");
    for await (const chunk of text as AsyncIterable<string>) {
      read.bytes += chunk.length;
      const parts = chunk.split("\n");
      const last = parts.pop() ?? "";
      for (const part of parts) {
        number += 1;
        bytes += part.length + 1;
        yield { number, ...decode(rest + part, number), bytes };
        rest = "";
      }
      bytes += last.length;
      rest = (rest + last).slice(0, most);
    }
    checkWhole(text, input);
  } catch (error) {
    throw new CommandError(`the file cannot be read: ${(error as Error).message}`);
  }
  if (rest !== "") yield { number: number + 1, ...decode(rest, number + 1), bytes };

  function decode(latin1: string, number: number): Pick<Line, "text" | "isUtf8"> {
    const line = Buffer.from(latin1, "latin1");
    const text = line.toString();
    return {
      text: number === 1 && text.startsWith(byteOrderMark) ? text.slice(1) : text,
      // A cut may divide a character.
      isUtf8: line.length >= most || isUtf8(line),
    };
  }
}
