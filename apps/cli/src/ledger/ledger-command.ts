import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { createSourceStore } from "@customerio-router/connections";
import { ledgerSplits, readDay } from "@customerio-router/reports";
import {
  createCommand,
  readEnvironment,
  redisFromEnvironment,
  redisVariables,
} from "@customerio-router/service";
import { CommandError } from "../command-error.ts";
import type { Environment } from "../environment.ts";
import { findConnection } from "../find-connection.ts";
import { openStore } from "../open-store.ts";
import { printResult } from "../print-result.ts";
import { findSource } from "../sources/find-source.ts";
import { checkLedgers } from "./check-ledgers.ts";
import { showLedger } from "./show-ledger.ts";
import { showLedgers } from "./show-ledgers.ts";

export function createLedgerCommand(environment: Environment) {
  return createCommand("ledger", {
    summary: "Account for every message received",
    description:
      "Received = delivered + skipped + rejected + removed + waiting + unaccounted. Without a connection it prints one line for each, and their sum. --from and --to select messages by their day of receipt, of the last 90 days",
    examples: [
      "npm run cli -- ledger",
      'npm run cli -- ledger "Shop" --from 2026-11-01 --to 2026-11-30 --by reason',
      'npm run cli -- ledger "Shop" --source "Back office"',
      'npm run cli -- ledger "Shop" --check',
    ],
    variables: redisVariables,
    exitCode1: "with --check, messages are unaccounted for",
  })
    .argument("[connection]", "its name or id (default: all connections)")
    .option("--from <day>", "first UTC day, such as 2026-11-25 (default: all time)", readDayOption)
    .option("--to <day>", "last UTC day (default: today)", readDayOption)
    .option("--source <source>", "only messages of this source, by its name or id")
    .addOption(
      new Option("--by <split>", "split the account (default: by day, for one connection)").choices(
        ledgerSplits,
      ),
    )
    .option("--check", "first count waiting and rejected messages one by one")
    .option("--json", "print JSON")
    .action(async (nameOrId, { check, json, by, source: wanted, ...range }) => {
      if (range.from !== undefined && range.to !== undefined && range.from > range.to)
        throw new CommandError("--from must not be after --to");
      const location = redisFromEnvironment(readEnvironment(environment, redisVariables));
      await using open = await openStore({ ...location, secretKey: undefined, allowCustomTrackUrl: true });
      const connections =
        nameOrId === undefined ? await open.store.list() : [await findConnection(open.store, nameOrId)];
      const sources = createSourceStore(open.redis);
      const source = wanted === undefined ? undefined : (await findSource(sources, wanted)).id;
      const sourceNames = new Map((await sources.list()).map(({ id, name }) => [id, name]));
      const query = { ...range, source, sourceNames };
      const found = check ? await checkLedgers(open.redis, connections) : undefined;
      const [only] = connections;
      const result =
        nameOrId !== undefined && only
          ? await showLedger(open.redis, only, { ...query, by: by ?? "day" })
          : await showLedgers(open.redis, connections, { ...query, by });
      printResult({ ...result, text: [found?.text, result.text].filter(Boolean).join("\n\n") }, { json });
      if (found && found.unaccounted > 0) process.exitCode = 1;
    });
}

function readDayOption(text: string): number {
  const day = readDay(text);
  if (day !== undefined) return day;
  throw new InvalidArgumentError("It must be a UTC day, such as 2026-11-25.");
}
