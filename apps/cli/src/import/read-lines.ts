import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
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
export function readLines(file: string): { lines: AsyncIterable<Line>; bytesRead(): number } {
  const input = createReadStream(file, { highWaterMark: 256 * 1024 });
  const text: Readable = file.endsWith(".gz") ? input.pipe(createGunzip()) : input;
  if (text !== input) input.on("error", (error) => text.destroy(error));
  return { lines: split(text.setEncoding("utf8")), bytesRead: () => input.bytesRead };
}

async function* split(chunks: Readable): AsyncGenerator<Line> {
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
      rest = (rest + last).slice(0, maxCharacters);
    }
  } catch (error) {
    throw new CommandError(`the file cannot be read: ${(error as Error).message}`);
  }
  if (rest !== "") yield { number: number + 1, text: rest };
}
