import type { Connection, ConnectionStore, SourceStore } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import {
  type LedgerRange,
  type LedgerSplit,
  ledgerSplits,
  listLedgerSources,
  otherSources,
  readDay,
  unknownSource,
} from "@customerio-router/reports";
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

/** A source as a choice. */
export type LedgerSource = { id: string; name: string };

/** The sources whose messages the connections' ledgers know, and those that feed one of them now, by name. */
export async function listSources(
  { redis, sources }: { redis: RedisClient; sources: Pick<SourceStore, "list"> },
  connections: readonly Connection[],
): Promise<LedgerSource[]> {
  const ids = connections.map(({ id }) => id);
  const counted = new Set((await Promise.all(ids.map((id) => listLedgerSources(redis, id)))).flat());
  const present = await sources.list();
  const names = new Map(present.map(({ id, name }) => [id, name]));
  const feeding = present.flatMap((source) =>
    source.connections.some((id) => ids.includes(id)) ? source.id : [],
  );
  return [...counted.union(new Set(feeding))]
    .map((id) => ({ id, name: nameSource(id, names) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** A row of the ledger by source, for people. */
export function nameSource(id: string, names: ReadonlyMap<string, string>): string {
  if (id === otherSources) return "Other sources";
  return id === unknownSource ? "Not known" : (names.get(id) ?? `Deleted source ${id}`);
}

/** The source with this id; `undefined` for an empty one, `null` where the ledgers know none with it. */
export async function findSource(
  context: Parameters<typeof listSources>[0],
  connections: readonly Connection[],
  id: string,
): Promise<LedgerSource | undefined | null> {
  if (id === "") return undefined;
  return (await listSources(context, connections)).find((source) => source.id === id) ?? null;
}
