import { checkOut } from "@customerio-router/fixtures";
import type { Options } from "../options.ts";
import type { Race } from "../plan.ts";
import { startTelling } from "../tell.ts";
import { measurePair } from "./measure-pair.ts";
import { type Pair, parts, spreadOf, writeComparison } from "./write-comparison.ts";

const cases: Race[] = [
  { contender: "ours", posting: "twenties", delayMs: 0, appendfsync: "everysec" },
  { contender: "ours", posting: "singles", delayMs: 50, appendfsync: "everysec" },
];

/**
 * Measures this checkout and another commit in turns under the same load, and prints the ratios of their CPU a message.
 * Client, destination and redis-server are this checkout's on both sides.
 */
export async function compare(commit: string, options: Options): Promise<void> {
  const tell = startTelling();
  tell(`checking out ${commit} and installing its dependencies`);
  using other = checkOut(commit);
  const chosen = cases.filter(({ posting }) => posting.includes(options.only ?? ""));
  const findings = chosen.map((race) => ({ race, pairs: [] as Pair[] }));
  for (let round = 1; round <= options.pairs; round++) {
    for (const { race, pairs } of findings) {
      // A machine that grows slower or faster meanwhile favours whoever comes first: they take turns in that.
      const first = round % 2 === 1 ? "ours" : "theirs";
      const pair = await measurePair(race, { ...options, checkout: other.path, first });
      pairs.push(pair);
      const told = parts.map((part) => `${part} ${spreadOf([pair], part).median.toFixed(3)}`);
      tell(`pair ${round}/${options.pairs}, ${race.posting}, ${race.delayMs} ms: ${told.join(", ")}`);
    }
  }
  console.log(`\n${writeComparison(findings, other.commit)}`);
}
