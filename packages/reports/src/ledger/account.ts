/** What became of messages: `received` = `delivered` + `skipped` + `rejected` + `removed` + `waiting` + `unaccounted`. */
export type Account = {
  received: number;
  delivered: number;
  skipped: number;
  /** Among the failed jobs, where Retry sends them again. */
  rejected: number;
  /** Deleted by a person, or failed for longer than they are kept. */
  removed: number;
  waiting: number;
  /** Missing when the messages were last counted one by one: another tool deleted their keys. */
  unaccounted: number;
};

/** The numbers that are counted; what waits is the rest. */
const counted = ["received", "delivered", "skipped", "rejected", "removed", "unaccounted"] as const;
type Counted = (typeof counted)[number];

export type LedgerOutcome = Exclude<Counted, "received">;

export function isLedgerOutcome(name: string): name is LedgerOutcome {
  return name !== "received" && (counted as readonly string[]).includes(name);
}

export function accountOf(read: (name: Counted) => number): Account {
  const [received, delivered, skipped, rejected, removed, unaccounted] = counted.map(read) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const waiting = received - delivered - skipped - rejected - removed - unaccounted;
  return { received, delivered, skipped, rejected, removed, waiting, unaccounted };
}

export function sumAccounts(accounts: Account[]): Account {
  return accountOf((name) => accounts.reduce((all, account) => all + account[name], 0));
}

export function subtractAccount(whole: Account, part: Account): Account {
  return accountOf((name) => whole[name] - part[name]);
}
