import type { RedisClient } from "@customerio-router/redis";
import type { OverviewRange } from "./ranges.ts";
import { type History, readHistory } from "./read-history.ts";

/** With more connections than this, reading takes longer than a page may. */
const fewConnections = 50;
/** How old what is shown may be before it is read anew. */
const freshMs = 10_000;
/** What nobody looked at for longer is read before it is shown. */
const keptMs = 300_000;

/**
 * Reads what the ledger says of a range. Of many connections the last reading is shown at once, and a new one begun behind
 * it where it is no longer fresh.
 */
export function createHistoryMemo(redis: RedisClient) {
  type Reading = { history: Promise<History>; atMs: number; next?: Promise<unknown> };
  const readings = new Map<string, Reading>();

  return async (wish: { connectionIds: string[]; range: OverviewRange }): Promise<History> => {
    if (wish.connectionIds.length <= fewConnections) return await readHistory(redis, wish);
    const { range } = wish;
    const nowMs = Date.now();
    const known = readings.get(range);
    const read = () => {
      const reading = { history: readHistory(redis, wish), atMs: Date.now() };
      return reading;
    };
    if (!known || nowMs - known.atMs > keptMs) {
      const reading: Reading = read();
      readings.set(range, reading);
      return await reading.history.catch((error: unknown) => {
        readings.delete(range);
        throw error;
      });
    }
    if (nowMs - known.atMs > freshMs && known.next === undefined) {
      const reading: Reading = read();
      known.next = reading.history.then(
        () => readings.set(range, reading),
        // What is shown stays, and the next look tries again.
        () => {
          delete known.next;
        },
      );
    }
    return await known.history;
  };
}
