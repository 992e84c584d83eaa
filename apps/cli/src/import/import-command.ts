import { InvalidArgumentError } from "@commander-js/extra-typings";
import { createCommand } from "@customerio-router/service";
import type { Environment } from "../environment.ts";
import { printResult } from "../print-result.ts";
import { runDry } from "./dry-run.ts";
import { importFile } from "./import-file.ts";
import { createProgress } from "./progress.ts";
import { importVariables, readOptions } from "./read-options.ts";
import { formatDryRun, formatReport } from "./report.ts";

export function createImportCommand(environment: Environment) {
  return createCommand("import", {
    summary: "Send history from a file to the intake",
    description:
      "Sends the lines in order. Ctrl-C stops it; the same command continues from there. Importing a file twice is safe.",
    examples: [
      "WRITE_KEY=... npm run cli -- import history.ndjson.gz --url https://events.example.com",
      "npm run cli -- import history.ndjson --rate 1000 --write-key - < write-key.txt",
      "npm run cli -- import history.ndjson --dry-run",
    ],
    variables: importVariables,
    exitCode1: "a line was refused, or would be; or it was stopped before the end of the file",
  })
    .argument("<file>", "calls as NDJSON, one per line; also packed by gzip or zstd")
    .option(
      "--write-key <key>",
      "write key of the connection to import into (default: WRITE_KEY); - reads it from standard input. Everybody on the machine sees a key that is an argument",
    )
    .option("--url <url>", "URL of the intake (default: INTAKE_URL, or the intake on this machine)", readUrl)
    .option("--rate <number>", "messages per second at most (default: no limit)", readRate)
    .option(
      "--dry-run",
      "only count what would be sent, by type, and what would be refused and why; needs no write key",
    )
    .option("--json", "print the summary as JSON")
    .action(async (file, { json, dryRun, ...given }) => {
      const progress = createProgress({ output: process.stderr });
      if (dryRun) {
        const run = await runDry({ file, progress }).finally(progress.end);
        printResult({ text: formatDryRun(run), json: run }, { json });
        if (run.refusedLines > 0) process.exitCode = 1;
        return;
      }
      // The lines it refuses hold personal data: they are their owner's alone.
      process.umask(0o077);
      const interrupted = new AbortController();
      process.once("SIGINT", () => interrupted.abort()).once("SIGTERM", () => interrupted.abort());
      const options = await readOptions(environment, { file, ...given });
      const report = await importFile({ ...options, progress, signal: interrupted.signal }).finally(
        progress.end,
      );
      printResult({ text: formatReport(report), json: report }, { json });
      if (!report.isDone || report.refusedLines > 0) process.exitCode = 1;
    });
}

function readUrl(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? "")) return text;
  throw new InvalidArgumentError("It must be an http or https URL.");
}

function readRate(text: string): number {
  const rate = Number(text);
  if (rate > 0) return rate;
  throw new InvalidArgumentError("It must be a number above 0.");
}
