import type { Account } from "@customerio-router/fixtures";

/** How many of each kind of fault are named. */
const maxNamed = 10;

/** Keeps one line up to date; where output is no terminal, a line every five seconds. */
export function showProgress(line: () => string): Disposable {
  const { isTTY } = process.stdout;
  const show = () => process.stdout.write(isTTY ? `\r\x1b[K${line()}` : `${line()}\n`);
  const timer = setInterval(show, isTTY ? 500 : 5_000);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      show();
      if (isTTY) process.stdout.write("\n");
    },
  };
}

/** Prints the account of each connection and of all; gives how many faults there are. */
export function printLedger({
  accounts,
  rejected,
  mayBeStale,
}: {
  accounts: Account[];
  rejected: number;
  /** Whether a change may arrive again behind a newer one that arrives again as well: the newest is shown in the end. */
  mayBeStale: boolean;
}): number {
  const rows = accounts.map(({ lost, doubled, twoBodies, outOfOrder, stale, undone, ...counts }) => ({
    ...counts,
    lost: lost.length,
    doubled: doubled.length + twoBodies.length,
    "out of order": outOfOrder.length,
    stale: stale.length,
    undone: undone.length,
  }));
  console.table(rows);
  const faults = accounts.flatMap(({ lost, doubled, twoBodies, outOfOrder, stale, undone, ...account }) => [
    ...lost.map((id) => `lost: ${id}`),
    ...[...doubled, ...twoBodies].map((id) => `doubled: ${id}`),
    ...outOfOrder.map((text) => `out of order: ${text}`),
    ...(mayBeStale ? [] : stale.map((text) => `stale: ${text}`)),
    ...undone.map((text) => `undone: ${text}`),
    ...(account.rejected === rejected ? [] : [`rejected ${account.rejected}, not ${rejected}`]),
    ...(account.waiting === 0 ? [] : [`still waiting: ${account.waiting}`]),
  ]);
  for (const fault of faults.slice(0, maxNamed)) console.error(fault);
  console.log(faults.length === 0 ? "Nothing lost, doubled or out of order." : `${faults.length} faults.`);
  return faults.length;
}
