import type { Connection } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import {
  addLedgers,
  type LedgerQuery,
  type LedgerSplit,
  readLedgers,
  readSplit,
} from "@customerio-router/reports";
import { formatTable } from "../format-table.ts";
import type { CommandResult } from "../print-result.ts";
import { accountHead, accountRow, formatRange, formatSource } from "./format-account.ts";
import { formatSplit } from "./format-split.ts";

/** The accounts of connections, one line each, with their sum, and its split where one is asked for. */
export async function showLedgers(
  redis: RedisClient,
  connections: Connection[],
  {
    by,
    sourceNames,
    ...query
  }: LedgerQuery & { by: LedgerSplit | undefined; sourceNames: ReadonlyMap<string, string> },
): Promise<CommandResult> {
  const ledgers = await Promise.all(connections.map(({ id }) => readLedgers(redis, [id], query)));
  const accounts = connections.map(({ id, name }, index) => ({ id, name, total: ledgers[index]?.total }));
  const { total, days, checkedAtMs } = addLedgers(ledgers);
  const ids = connections.map(({ id }) => id);
  const split = by && (await readSplit(redis, ids, { by, days, ...query }));
  const table = formatTable(
    ["Connection", ...accountHead],
    [
      ...ledgers.map((ledger, index) => [connections[index]?.name ?? "", ...accountRow(ledger.total)]),
      ["Sum", ...accountRow(total)],
    ],
    { numbersFrom: 1 },
  );
  const title = `All connections${formatSource(query.source, sourceNames)}, ${formatRange(query)}`;
  const parts = [title, table, split ? formatSplit(split, sourceNames) : ""];
  return {
    text:
      connections.length === 0 ? "There is no connection." : parts.filter((part) => part !== "").join("\n\n"),
    json: {
      total,
      ...(split && { by: split.rows }),
      ...(checkedAtMs !== undefined && { checkedAt: new Date(checkedAtMs).toISOString() }),
      connections: accounts,
    },
  };
}
