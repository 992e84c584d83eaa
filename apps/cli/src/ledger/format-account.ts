import { type Account, type LedgerRange, writeDay } from "@customerio-router/reports";
import { count } from "../in-words.ts";

const outcomes = ["delivered", "skipped", "rejected", "removed", "waiting", "unaccounted"] as const;
/** The columns of a table of accounts. */
export const accountHead = [
  "Received",
  "Delivered",
  "Skipped",
  "Rejected",
  "Removed",
  "Waiting",
  "Unaccounted",
];

/** An account as the row of a table with `accountHead`. */
export function accountRow(account: Account): string[] {
  return [account.received, ...outcomes.map((name) => account[name])].map(count);
}

/** As a sum on paper: the outcomes below each other, and what they add up to. */
export function formatSum(account: Account): string {
  const width = count(account.received).length;
  const line = (sign: string, name: string, messages: number) =>
    `${sign} ${name.padEnd(11)}  ${count(messages).padStart(width)}`;
  return [
    ...outcomes.map((name, index) => line(index === 0 ? " " : "+", name, account[name])),
    "-".repeat(width + 15),
    line("=", "received", account.received),
  ].join("\n");
}

/** From which source an account's messages are. */
export function formatSource(source: string | undefined, names: ReadonlyMap<string, string>): string {
  return source === undefined ? "" : ` from ${names.get(source) ?? source}`;
}

/** Which days an account is of. */
export function formatRange({ from, to }: LedgerRange): string {
  if (from === undefined && to === undefined) return "all time";
  if (from === undefined) return `received until ${writeDay(to ?? 0)} UTC`;
  return to === undefined
    ? `received since ${writeDay(from)} UTC`
    : `received from ${writeDay(from)} to ${writeDay(to)} UTC`;
}
