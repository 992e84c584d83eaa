import type { Account } from "./account.ts";
import { writeDay } from "./day.ts";
import { accountOfDay, countMessages, type LedgerDay, type LedgerRow, rowsOf } from "./ledger-day.ts";

/** What an account can be split by. */
export const ledgerSplits = ["day", "event", "reason", "source"] as const;
export type LedgerSplit = (typeof ledgerSplits)[number];

/** One day, such as `2026-11-25`. */
export type DayRow = { day: string } & Account;
/** One event, such as `track Order Completed`: its messages that have an outcome. */
export type EventRow = { event: string } & Pick<Account, "delivered" | "skipped" | "rejected" | "removed">;
/** The id of one source, `other` for those beyond the first 25, or `unknown` for messages that do not say it. */
export type SourceRow = { source: string } & Account;
/** Why messages were not delivered. */
export type ReasonRow = { outcome: string; reason: string; messages: number };

/** How an account is split. Events and reasons are known of messages with an outcome. */
export type AccountRows =
  | { by: "day"; rows: DayRow[] }
  | { by: "event"; rows: EventRow[] }
  | { by: "reason"; rows: ReasonRow[] }
  | { by: "source"; rows: SourceRow[] };

export function splitDays(days: LedgerDay[], by: Exclude<LedgerSplit, "source">): AccountRows {
  if (by === "day") return { by, rows: splitByDay(days) };
  return by === "event" ? { by, rows: splitByEvent(days) } : { by, rows: splitByReason(days) };
}

/** Newest first. */
export function splitByDay(days: LedgerDay[]): DayRow[] {
  return days.map((day) => ({ day: writeDay(day.day), ...accountOfDay(day) })).toReversed();
}

/** The most frequent first. */
export function splitByEvent(days: LedgerDay[]): EventRow[] {
  return [...Map.groupBy(days.flatMap(rowsOf), ({ event }) => event)]
    .filter(([event]) => event !== "")
    .map(([event, rows]) => {
      const count = (name: LedgerRow["outcome"]) =>
        countMessages(rows.filter(({ outcome }) => outcome === name));
      return {
        event,
        delivered: count("delivered"),
        skipped: count("skipped"),
        rejected: count("rejected"),
        removed: count("removed"),
      };
    })
    .filter(({ delivered, skipped, rejected, removed }) => delivered || skipped || rejected || removed)
    .sort((a, b) => countOfEvent(b) - countOfEvent(a));
}

/** All messages of an event that have an outcome. */
export function countOfEvent({ delivered, skipped, rejected, removed }: EventRow): number {
  return delivered + skipped + rejected + removed;
}

/** The most frequent first. */
export function splitByReason(days: LedgerDay[]): ReasonRow[] {
  const rows = days.flatMap(rowsOf).filter(({ outcome }) => outcome !== "delivered");
  return [...Map.groupBy(rows, ({ outcome, reason }) => `${outcome}|${reason}`).values()]
    .flatMap((same) => {
      const [first] = same;
      return first ? [{ outcome: first.outcome, reason: first.reason, messages: countMessages(same) }] : [];
    })
    .filter(({ messages }) => messages !== 0)
    .sort((a, b) => b.messages - a.messages);
}
