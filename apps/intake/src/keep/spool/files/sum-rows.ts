import type { SpoolRow, StoredRow, Totals } from "../spool-row.ts";

/** What rows add to the spool, by their connections. */
export function totalsOf(rows: SpoolRow[]): Totals[] {
  const byConnection = Map.groupBy(rows, ({ connectionId }) => connectionId);
  return [...byConnection].map(([connectionId, its]) => ({
    connectionId,
    messages: its.reduce((sum, { messages }) => sum + messages, 0),
    bytes: its.reduce((sum, { bytes }) => sum + bytes, 0),
    oldestAtMs: Math.min(...its.map(({ madeAtMs }) => madeAtMs)),
  }));
}

/** The last position of each connection's rows, which are in their order. */
export function lastPositions(rows: StoredRow[]): { connectionId: string; position: number }[] {
  return [...new Map(rows.map(({ connectionId, position }) => [connectionId, position]))].map(
    ([connectionId, position]) => ({ connectionId, position }),
  );
}
