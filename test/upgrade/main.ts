import { parseArgs } from "node:util";
import { checkOut } from "@customerio-router/fixtures";
import { runUpgrade } from "./run-upgrade.ts";

/*
 * Upgrades from a commit to this checkout, side by side, back again and forth, with real processes of both that are killed in
 * between. Prints what was seen after each step, and exits with 1 when a message was lost, visible twice, out of order or
 * cannot be read. `npm run upgrade-test -- 021c6f9`
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { messages: { type: "string", default: "2000" } },
});
const [commit] = positionals;
if (commit === undefined || positionals.length > 1) {
  throw new Error("name one commit to upgrade from: npm run upgrade-test -- 021c6f9");
}
console.log(`checking out ${commit}, with its own npm ci`);
using former = checkOut(commit);
const startedAt = performance.now();
const problems = await runUpgrade({
  checkout: former.path,
  messages: Number(values.messages),
  tell: (text) => console.log(`${Math.round((performance.now() - startedAt) / 1_000)} s  ${text}`),
});
console.log(problems.length === 0 ? `From ${former.commit}: everything was delivered once, in order.` : "");
for (const problem of problems) console.log(`PROBLEM ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;
