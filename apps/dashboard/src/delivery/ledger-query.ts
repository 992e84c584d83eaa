import type { Connection, ConnectionStore } from "@customerio-router/connections";
import { type LedgerRange, type LedgerSplit, ledgerSplits, readDay } from "@customerio-router/reports";
import type { TextFields } from "../page/text-fields.ts";

/** Days as a query has them. An empty one is none. @throws an error with status 400 that names the field */
export function readLedgerRange(fields: TextFields): LedgerRange {
  const [from, to] = [readField(fields, "from"), readField(fields, "to")];
  if (from !== undefined && to !== undefined && from > to) throw badQuery("`from` must not be after `to`.");
  return { from, to };
}

function readField(fields: TextFields, name: "from" | "to"): number | undefined {
  const text = fields[name] ?? "";
  const day = readDay(text);
  if (text === "" || day !== undefined) return day;
  throw badQuery(`\`${name}\` must be a UTC day, such as 2026-11-25, or an ISO 8601 time.`);
}

/** By what a query asks to split the account; default by day. @throws an error with status 400 */
export function readSplit({ by = "day" }: TextFields): LedgerSplit {
  const split = ledgerSplits.find((name) => name === by);
  if (split === undefined) throw badSplit();
  return split;
}

export function badSplit(): Error {
  const splits = new Intl.ListFormat("en-GB", { type: "disjunction" }).format(ledgerSplits);
  return badQuery(`\`by\` must be ${splits}.`);
}

export function badQuery(message: string): Error {
  return Object.assign(new Error(message), { statusCode: 400 });
}

/** The connection with this id, or all for an empty one; `undefined` when there is none with it. */
export async function findConnections(store: ConnectionStore, id: string): Promise<Connection[] | undefined> {
  if (id === "") return await store.list();
  const connection = await store.get(id);
  return connection && [connection];
}
