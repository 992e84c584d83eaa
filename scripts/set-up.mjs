// Makes a fresh clone ready to run; quick when it is. Plain JavaScript: the machine's own Node runs it, from 20 on,
// before anything is installed. With --for-tests it also sees to the programs that the tests need. All it says goes to
// standard error: what runs next has standard output to itself.
import { parseArgs } from "node:util";
import { ensureDependencies } from "./set-up/dependencies.mjs";
import { chromium, ensureProgram, nginx, promtool, redisServer } from "./set-up/programs.mjs";

try {
  const { values } = parseArgs({ options: { "for-tests": { type: "boolean", default: false } } });
  const forTests = values["for-tests"];
  ensureDependencies({ forTests });
  if (forTests) for (const program of [redisServer, chromium, nginx, promtool]) ensureProgram(program);
} catch (error) {
  console.error(`\nset-up: ${error.message}`);
  process.exitCode = 1;
}
