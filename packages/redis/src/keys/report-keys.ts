import { keyPrefix } from "./key-prefix.ts";

/** What the owner says about the connection: active, retrying or in need of attention. */
export function statusKey(connectionId: string): string {
  return `${keyPrefix}:status:{${connectionId}}`;
}

/** The outcomes of a connection's messages. */
export function recordKeys(connectionId: string): { heads: string; bodies: string; meta: string } {
  const key = `${keyPrefix}:records:{${connectionId}}`;
  return { heads: `${key}:heads`, bodies: `${key}:bodies`, meta: `${key}:meta` };
}

/** What was counted of a connection in one hour, counted from 1970. */
export function countsKey(connectionId: string, hour: number): string {
  return `${keyPrefix}:counts:{${connectionId}}:${hour}`;
}
