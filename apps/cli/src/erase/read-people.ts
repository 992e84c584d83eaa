import { readFile } from "node:fs/promises";
import { text as readText } from "node:stream/consumers";
import { CommandError } from "../command-error.ts";

/** The people of a list, one per line; empty lines are left out. `-` is standard input. */
export async function readPeople(file: string): Promise<{ line: number; text: string }[]> {
  const text = file === "-" ? await readText(process.stdin) : await readFile(file, "utf8").catch(explain);
  return text
    .split("\n")
    .map((line, index) => ({ line: index + 1, text: line.trim() }))
    .filter(({ text }) => text !== "");
}

function explain(error: NodeJS.ErrnoException): never {
  throw new CommandError(`the list cannot be read: ${error.message}`);
}
