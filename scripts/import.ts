// `npm run import -- FILE.ndjson[.gz] [--write-key -] [--url URL] [--rate MESSAGES-A-SECOND]`: sends history, a call a
// line, to the intake. Ctrl-C stops it; the same command goes on where it was.
import { styleText } from "node:util";
import { ImportError } from "./import/import-error.ts";
import { importFile } from "./import/import-file.ts";
import { readOptions, usage } from "./import/options.ts";
import { createProgress } from "./import/progress.ts";
import { formatReport } from "./import/report.ts";

// The lines it refuses hold personal data: they are their owner's alone.
process.umask(0o077);
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort()).once("SIGTERM", () => interrupted.abort());

try {
  const options = await readOptions({ args: process.argv.slice(2), environment: process.env });
  const progress = createProgress({ output: process.stderr });
  const report = await importFile({ ...options, progress, signal: interrupted.signal });
  progress.end();
  console.log(formatReport(report));
  process.exitCode = report.isDone && report.refusedLines === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof ImportError)) throw error;
  console.error(`${styleText("red", "import:")} ${error.message}${error.isUsage ? `\n\n${usage}` : ""}`);
  process.exitCode = 1;
}
