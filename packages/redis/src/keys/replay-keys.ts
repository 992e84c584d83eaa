import { keyPrefix } from "./key-prefix.ts";
import { ledgerKeys } from "./report-keys.ts";

/** The replays into a connection: all of them by the time they were asked for, and those that its owner runs. */
export function replaysKeys(connectionId: string): { all: string; running: string } {
  const key = `${keyPrefix}:replays:{${connectionId}}`;
  return { all: key, running: `${key}:running` };
}

/** A replay into a connection: what was asked for, and how far it has come. */
export function replayKey(connectionId: string, replayId: string): string {
  return `${keyPrefix}:replay:{${connectionId}}:${replayId}`;
}

/** What became of a replay's messages. The ledger's scripts raise it, so its name begins with that of the ledger. */
export function replayOutcomesKey(connectionId: string, replayId: string): string {
  return `${ledgerKeys(connectionId).totals}:replay:${replayId}`;
}
