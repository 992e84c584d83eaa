import type { AccountRows } from "@customerio-router/reports";
import { formatTable } from "../format-table.ts";
import { count } from "../in-words.ts";
import { accountHead, accountRow } from "./format-account.ts";

/** The split of an account as a table; `sourceNames` by id. */
export function formatSplit(
  split: AccountRows,
  sourceNames: ReadonlyMap<string, string> = new Map(),
): string {
  if (split.rows.length === 0) return split.by === "reason" ? "Every message was delivered or waits." : "";
  switch (split.by) {
    case "day":
      return formatTable(
        ["Day", ...accountHead],
        split.rows.map((row) => [row.day, ...accountRow(row)]),
        { numbersFrom: 1 },
      );
    case "event":
      return formatTable(
        ["Event", "Delivered", "Skipped", "Rejected", "Removed"],
        split.rows.map(({ event, delivered, skipped, rejected, removed }) => [
          printable(event),
          ...[delivered, skipped, rejected, removed].map(count),
        ]),
        { numbersFrom: 1 },
      );
    case "source":
      return formatTable(
        ["Source", ...accountHead],
        split.rows.map(({ source, ...account }) => [
          sourceNames.get(source) ?? source,
          ...accountRow(account),
        ]),
        { numbersFrom: 1 },
      );
    case "reason":
      return formatTable(
        ["Outcome", "Reason", "Messages"],
        split.rows.map(({ outcome, reason, messages }) => [outcome, printable(reason), count(messages)]),
        { numbersFrom: 2 },
      );
  }
}

/** Senders name events: a terminal would obey control characters. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\ufffd");
}
