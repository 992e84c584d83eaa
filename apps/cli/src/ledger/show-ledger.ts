import type { Connection } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import { type LedgerQuery, type LedgerSplit, readLedger } from "@customerio-router/reports";
import type { CommandResult } from "../print-result.ts";
import { formatRange, formatSource, formatSum } from "./format-account.ts";
import { formatSplit } from "./format-split.ts";

/** The account of one connection, and its split. */
export async function showLedger(
  redis: RedisClient,
  { id, name }: Connection,
  { sourceNames, ...options }: LedgerQuery & { by: LedgerSplit; sourceNames: ReadonlyMap<string, string> },
): Promise<CommandResult> {
  const { total, split, checkedAtMs } = await readLedger(redis, id, options);
  const checkedAt = checkedAtMs === undefined ? undefined : new Date(checkedAtMs).toISOString();
  const title = `${name}${formatSource(options.source, sourceNames)}, ${formatRange(options)}`;
  const parts = [title, formatSum(total), formatSplit(split, sourceNames)];
  if (checkedAt !== undefined) parts.push(`Counted one by one at ${checkedAt}.`);
  return {
    text: parts.filter((part) => part !== "").join("\n\n"),
    json: { id, name, total, by: split.rows, ...(checkedAt !== undefined && { checkedAt }) },
  };
}
