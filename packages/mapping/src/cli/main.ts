import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { mapLines } from "./map-lines.ts";
import { readOptions } from "./read-options.ts";

/**
 * Shows what Customer.io would get: calls as NDJSON on stdin, one result of `mapCall` a line on stdout.
 * `npm run --silent map -- [--settings JSON] [--connection-id ID] [--explain]`
 */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if ("problems" in options) return refuse(options.problems);
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  await pipeline(mapLines(lines, options, onBadLine), process.stdout).catch(stopWithReader);
}

function refuse(problems: string[]): void {
  for (const problem of problems) console.error(problem);
  process.exitCode = 1;
}

/** The others are mapped all the same; the exit code tells that not all were. */
function onBadLine(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

/** Whoever reads the results may have read enough (`| head`). */
function stopWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

await main();
