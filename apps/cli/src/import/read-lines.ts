import { createReadStream, type ReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { messageLimits } from "@customerio-router/messages";
import { CommandError } from "../command-error.ts";

/** Room for a message with every character escaped; what is longer cannot be one, and is not held in memory. */
const maxCharacters = 6 * messageLimits.messageBytes;

export type Line = {
  /** From 1. */
  number: number;
  /** Only its beginning when it is too long to be a message. */
  text: string;
};

/** The lines of a file. `bytesRead` is of the file as it stands on disk: what a share of the whole is counted by. */
export function readLines(
  file: string,
  most = maxCharacters,
): { lines: AsyncIterable<Line>; bytesRead(): number } {
  const input = createReadStream(file, { highWaterMark: 256 * 1024 });
  const text = unpack(file, input);
  if (text !== input) input.on("error", (error) => text.destroy(error));
  const onEnd = () => checkWhole(text, input);
  return { lines: split(text.setEncoding("utf8"), { most, onEnd }), bytesRead: () => input.bytesRead };
}

function unpack(file: string, input: ReadStream): Readable {
  if (file.endsWith(".gz")) return input.pipe(createGunzip());
  return file.endsWith(".zst") ? input.pipe(createZstdDecompress()) : input;
}

/** Node gives the first of several zstd frames alone, and says nothing of the others. */
function checkWhole(text: Readable, input: ReadStream): void {
  if ("bytesWritten" in text && Number(text.bytesWritten) < input.bytesRead) {
    throw new Error("it has several zstd frames: unpack it first");
  }
}

async function* split(
  chunks: Readable,
  { most, onEnd }: { most: number; onEnd: () => void },
): AsyncGenerator<Line> {
  let number = 0;
  let rest = "";
  try {
    for await (const chunk of chunks as AsyncIterable<string>) {
      const parts = chunk.split("\n");
      const last = parts.pop() ?? "";
      for (const part of parts) {
        number += 1;
        yield { number, text: rest + part };
        rest = "";
      }
      rest = (rest + last).slice(0, most);
    }
    onEnd();
  } catch (error) {
    throw new CommandError(`the file cannot be read: ${(error as Error).message}`);
  }
  if (rest !== "") yield { number: number + 1, text: rest };
}
