import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { compileRules } from "@customerio-router/rules";
import { createCommand } from "@customerio-router/service";
import { readRulesFile } from "../rules/read-rules-file.ts";
import { mapLines } from "./map-lines.ts";
import { readSettings } from "./read-settings.ts";

export function createMapCommand() {
  return createCommand("map", {
    summary: "Show what Customer.io would get",
    description:
      "Reads calls as NDJSON from standard input and prints one JSON result per line. Sends nothing.",
    examples: [
      `echo '{"type":"track","userId":"ann","event":"Signed Up"}' | npm run --silent cli -- map --explain`,
      "npm run --silent cli -- map --rules rules.json < calls.ndjson",
      `npm run --silent cli -- map --settings '{"anonymousEvents":"send"}' < calls.ndjson`,
    ],
    exitCode1: "a line is not JSON; every other line is mapped",
  })
    .option("--settings <json>", "the connection's mapping settings as a JSON object", "{}")
    .option("--connection-id <id>", "id of the connection; ids of operations depend on it", "example")
    .option("--rules <file>", 'rules to run first, as JSON: `{ "version", "rules" }`')
    .option("--explain", "add the reason to each result")
    .action(async ({ settings, connectionId, rules: file, explain = false }) => {
      const rules = file === undefined ? undefined : compileRules((await readRulesFile(file)).rules);
      const connection = { ...readSettings(settings), connectionId };
      const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
      const results = mapLines(lines, { connection, rules, isExplaining: explain }, tellBadLine);
      await pipeline(results, process.stdout).catch(stopWithReader);
    });
}

/** The others are mapped all the same; the exit code tells that not all were. */
function tellBadLine(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

/** Whoever reads the results may have read enough (`| head`). */
function stopWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
