import type { DatabaseSync } from "node:sqlite";
import type { Totals } from "../spool-row.ts";

/** Rows of a connection: those behind a position that were made up to a time, Unix milliseconds. */
type RowRange = { connectionId: string; after: number; untilMs: number };

export type HeldRows = {
  /** Gives rows to another connection, where they keep their places; says how much it was. */
  assign(rows: RowRange, to: string): Omit<Totals, "connectionId">;
  /** Says how much it was. */
  drop(rows: RowRange): Omit<Totals, "connectionId">;
};

/** Moves and deletes the rows of lost connections. */
export function openHeldRows(database: DatabaseSync, inTransaction: (change: () => void) => void): HeldRows {
  const chosen = "connectionId = ? AND position > ? AND madeAtMs <= ?";
  const sum = database.prepare(
    `SELECT ifnull(sum(messages), 0) AS messages, ifnull(sum(bytes), 0) AS bytes, ifnull(min(madeAtMs), 0) AS oldestAtMs
     FROM jobs WHERE ${chosen}`,
  );
  const give = database.prepare(`UPDATE jobs SET connectionId = ? WHERE ${chosen}`);
  const remove = database.prepare(`DELETE FROM jobs WHERE ${chosen}`);

  function change(
    range: RowRange,
    run: (...chosen: [string, number, number]) => void,
  ): ReturnType<HeldRows["drop"]> {
    const { connectionId, after, untilMs } = range;
    const changed = { ...sum.get(connectionId, after, untilMs) } as ReturnType<HeldRows["drop"]>;
    inTransaction(() => run(connectionId, after, untilMs));
    return changed;
  }

  return {
    assign: (range, to) => change(range, (...chosen) => give.run(to, ...chosen)),
    drop: (range) => change(range, (...chosen) => remove.run(...chosen)),
  };
}
