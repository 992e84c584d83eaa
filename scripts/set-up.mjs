// Makes a fresh clone ready to run; quick when it is. Plain JavaScript: the machine's own Node runs it, from 20 on,
// before anything is installed. With --for-tests it also sees to the programs that the tests need. All it says goes to
// standard error: what runs next has standard output to itself. Behind `--` stands what runs next: where that needs no
// dependencies, it is answered here, and the exit code 100 says that it went well.
import { parseArgs } from "node:util";
import { answerAtOnce, findTakenByNpm } from "./set-up/command-line.mjs";
import { dependenciesAreReady, ensureDependencies } from "./set-up/dependencies.mjs";
import { chromium, ensureProgram, nginx, promtool, python, redisServer } from "./set-up/programs.mjs";

try {
  const { values, positionals } = parseArgs({
    options: { "for-tests": { type: "boolean", default: false } },
    allowPositionals: true,
  });
  process.exitCode = setUp({ forTests: values["for-tests"], line: positionals });
} catch (error) {
  console.error(`\nset-up: ${error.message}`);
  process.exitCode = 1;
}

function setUp({ forTests, line }) {
  const refusal = findTakenByNpm(line, process.env);
  if (refusal !== undefined) {
    process.stderr.write(refusal);
    return 1;
  }
  const answer = dependenciesAreReady({ forTests }) ? undefined : answerAtOnce(line);
  if (answer !== undefined) {
    (answer.isWrong ? process.stderr : process.stdout).write(answer.text);
    return answer.isWrong ? 1 : 100;
  }
  ensureDependencies({ forTests });
  if (forTests)
    for (const program of [redisServer, chromium, nginx, promtool, python]) ensureProgram(program);
  return 0;
}
