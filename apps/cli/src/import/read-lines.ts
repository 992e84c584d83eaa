import { once } from "node:events";
import { createReadStream, type ReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { messageLimits } from "@customerio-router/messages";
import { CommandError } from "../command-error.ts";

/** Room for a message with every character escaped; what is longer cannot be one, and is not held in memory. */
const maxCharacters = 6 * messageLimits.messageBytes;

/** What a packed file begins with. */
const gzipStart = Buffer.from([0x1f, 0x8b]);
const zstdStart = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

export type Line = {
  /** From 1. */
  number: number;
  /** Only its beginning when it is too long to be a message. */
  text: string;
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
export function readLines(file: string, most = maxCharacters): Lines {
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
    const text = (await unpack(input)).setEncoding("utf8");
    for await (const chunk of text as AsyncIterable<string>) {
      read.bytes += Buffer.byteLength(chunk);
      const parts = chunk.split("\n");
      const last = parts.pop() ?? "";
      for (const part of parts) {
        number += 1;
        bytes += Buffer.byteLength(part) + 1;
        yield { number, text: rest + part, bytes };
        rest = "";
      }
      bytes += Buffer.byteLength(last);
      rest = (rest + last).slice(0, most);
    }
    checkWhole(text, input);
  } catch (error) {
    throw new CommandError(`the file cannot be read: ${(error as Error).message}`);
  }
  if (rest !== "") yield { number: number + 1, text: rest, bytes };
}
