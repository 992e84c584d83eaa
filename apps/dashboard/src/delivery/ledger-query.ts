import type { Connection, ConnectionStore } from "@customerio-router/connections";
import { type LedgerRange, readDay } from "@customerio-router/reports";
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

export function badQuery(message: string): Error {
  return Object.assign(new Error(message), { statusCode: 400 });
}

/** The connection with this id, or all for an empty one; `undefined` when there is none with it. */
export async function findConnections(store: ConnectionStore, id: string): Promise<Connection[] | undefined> {
  if (id === "") return await store.list();
  const connection = await store.get(id);
  return connection && [connection];
}
