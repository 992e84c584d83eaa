import { checkOut } from "@customerio-router/fixtures";
import { createCommand, numberFrom, readCommandLine } from "@customerio-router/service";
import { runUpgrade } from "./run-upgrade.ts";

/*
 * Upgrades from a commit to this checkout, side by side, back again and forth, with real processes of both that are killed in
 * between. Prints what was seen after each step, and exits with 1 when a message was lost, visible twice, out of order or
 * cannot be read.
 */
const command = createCommand("npm run upgrade-test --", {
  summary: "Upgrade from a commit to this checkout and back, while processes are killed",
  examples: ["npm run upgrade-test -- 021c6f9"],
  exitCode1: "a message was lost, visible twice, out of order or cannot be read",
})
  .argument("<commit>", "the commit to upgrade from")
  .option("--messages <number>", "messages that are sent", numberFrom(1), 2_000);
const { messages } = readCommandLine(command, process.argv.slice(2));
const [commit] = command.processedArgs;
console.log(`checking out ${commit}, with its own npm ci`);
using former = checkOut(commit);
const startedAt = performance.now();
const problems = await runUpgrade({
  checkout: former.path,
  messages,
  tell: (text) => console.log(`${Math.round((performance.now() - startedAt) / 1_000)} s  ${text}`),
});
console.log(problems.length === 0 ? `From ${former.commit}: everything was delivered once, in order.` : "");
for (const problem of problems) console.log(`PROBLEM ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;
