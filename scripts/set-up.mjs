// Makes a fresh clone ready to run; quick when it is. Plain JavaScript: the machine's own Node runs it, from 20 on,
// before anything is installed. With --for-tests it also sees to what only the tests need.
import {
  dependenciesAreCurrent,
  installDependencies,
  nodeIsReady,
  repairNode,
} from "./set-up/dependencies.mjs";
import { chromium, findProgram, installProgram, promtool, redisServer } from "./set-up/programs.mjs";

const forTests = process.argv.includes("--for-tests");

try {
  if (!dependenciesAreCurrent()) installDependencies();
  if (!nodeIsReady()) repairNode();
  // The tests start Redis servers of their own, whatever REDIS_URL says.
  const { REDIS_URL, REDIS_URL_FILE } = process.env;
  if (forTests || !(REDIS_URL || REDIS_URL_FILE)) have(redisServer);
  if (forTests) have(chromium);
  if (forTests) have(promtool);
} catch (error) {
  console.error(`\nset-up: ${error.message}`);
  process.exitCode = 1;
}

function have(program) {
  if (findProgram(program)) return;
  installProgram(program);
  if (!findProgram(program)) throw new Error(`${program.title} was installed, but is still not on PATH`);
}
