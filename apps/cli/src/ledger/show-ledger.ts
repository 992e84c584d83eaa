import type { Connection } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import { type LedgerRange, type LedgerSplit, readLedger } from "@customerio-router/reports";
import type { CommandResult } from "../print-result.ts";
import { formatRange, formatSum } from "./format-account.ts";
import { formatSplit } from "./format-split.ts";

/** The account of one connection, and its split. */
export async function showLedger(
  redis: RedisClient,
  { id, name }: Connection,
  options: LedgerRange & { by: LedgerSplit },
): Promise<CommandResult> {
  const { total, split, checkedAtMs } = await readLedger(redis, id, options);
  const checkedAt = checkedAtMs === undefined ? undefined : new Date(checkedAtMs).toISOString();
  const parts = [`${name}, ${formatRange(options)}`, formatSum(total), formatSplit(split)];
  if (checkedAt !== undefined) parts.push(`Counted one by one at ${checkedAt}.`);
  return {
    text: parts.filter((part) => part !== "").join("\n\n"),
    json: { id, name, total, by: split.rows, ...(checkedAt !== undefined && { checkedAt }) },
  };
}
