import { keyPrefix } from "./key-prefix.ts";

/** What the owner says about the connection: active, retrying or in need of attention. */
export function statusKey(connectionId: string): string {
  return `${keyPrefix}:status:{${connectionId}}`;
}

/** The outcomes of a connection's messages, oldest first, until they are archived or removed; and what is said of the list. */
export function outboxKeys(connectionId: string): { outbox: string; meta: string } {
  const key = `${keyPrefix}:outbox:{${connectionId}}`;
  return { outbox: key, meta: `${key}:meta` };
}

/** Where versions before the outbox kept outcomes. */
export function formerRecordKeys(connectionId: string): string[] {
  const key = `${keyPrefix}:records:{${connectionId}}`;
  return [`${key}:heads`, `${key}:bodies`, `${key}:meta`];
}

/** What was counted of a connection in the minutes of an hour, counted from 1970. */
export function countsKey(connectionId: string, hour: number): string {
  return `${countsPrefix(connectionId)}${hour}`;
}

/** The key of an hour's counts, before the hour. */
export function countsPrefix(connectionId: string): string {
  return `${keyPrefix}:counts:{${connectionId}}:`;
}

/** The ledger of a connection: its totals, its days, and the key of a day, counted from 1970, before the day. */
export function ledgerKeys(connectionId: string): { totals: string; days: string; dayPrefix: string } {
  const key = `${keyPrefix}:ledger:{${connectionId}}`;
  return { totals: key, days: `${key}:days`, dayPrefix: `${key}:` };
}

/** Which jobs a person retried at once, so that a page can say what became of them; expires. */
export function retryKey(connectionId: string, retryId: string): string {
  return `${keyPrefix}:retry:{${connectionId}}:${retryId}`;
}

/** Which archive is the installation's; expires unless a worker confirms it. */
export const archiveMarkKey = `${keyPrefix}:archive-mark`;

/** Held by the process that keeps the archive within its bounds; expires. */
export const archiveUpkeepKey = `${keyPrefix}:archive-upkeep`;
