import type { Archive } from "@customerio-router/archive";
import type { Connection } from "@customerio-router/connections";
import { listRecords, placeBefore } from "@customerio-router/reports";
import type { MessagesContext } from "../messages-context.ts";
import { listArchived } from "./archived-messages.ts";
import { fromRecord, type KnownMessage } from "./known-message.ts";
import { type MessageFilter, matches, timesOf } from "./message-filter.ts";
import type { MessagePage } from "./message-page.ts";
import { pageMessages, searchedRecords, shownWaiting } from "./page-bounds.ts";
import { listWaiting } from "./waiting-messages.ts";

const recordsAtOnce = 100;
/** How long a page searches archives; a person can go on from there. */
const budgetMs = 400;

type Options = { connections: Connection[]; filter: MessageFilter; before?: string | undefined };

export function placeInArchive(connectionId: string, place: string): string {
  return `in:${connectionId}:${place}`;
}

/**
 * The messages of several connections: what Redis has by time, newest first, then the archive of one connection after the
 * other. A place is `until:` and a time, or `in:`, a connection and a place in its archive.
 */
export async function listAcross(context: MessagesContext, options: Options): Promise<MessagePage> {
  const { connections, filter, before } = options;
  const archive = await context.archive.find();
  const latest = new Map<string, string>();
  const [, archivedId, place = ""] = /^in:(\w+):(.*)$/.exec(before ?? "") ?? [];
  if (archivedId !== undefined) {
    const page = { messages: [], latest, sinceMs: undefined };
    return archive ? await goOn(archive, page, { connections, filter, from: archivedId, place }) : page;
  }
  const untilMs = before === undefined ? Number.POSITIVE_INFINITY : Number(before.slice("until:".length));
  const share = Math.max(2 * recordsAtOnce, Math.floor(searchedRecords / connections.length));
  const parts = await Promise.all(
    connections.map((connection) => readBefore(context, { connection, filter, untilMs, share })),
  );
  for (const [index, { id }] of connections.entries()) latest.set(id, parts[index]?.latest ?? "0");
  const waiting = before === undefined ? await readWaiting(context, options) : [];
  // What one connection was not searched for yet, the others must not hide.
  const reached = parts.flatMap(({ reachedMs }) => reachedMs ?? []);
  const searchedMs = reached.length === 0 ? Number.NEGATIVE_INFINITY : Math.max(...reached) + 1;
  const found = parts
    .flatMap(({ messages }) => messages)
    .filter(({ atMs }) => atMs >= searchedMs)
    .sort(newestFirst);
  // Messages of the same moment stay together: the next page begins before it.
  const lastMs = found[pageMessages - 1]?.atMs ?? searchedMs;
  const page = {
    latest,
    sinceMs: undefined,
    messages: [...waiting, ...found.filter(({ atMs }) => atMs >= lastMs)],
  };
  page.messages.sort(newestFirst);
  if (Number.isFinite(lastMs)) return { ...page, next: `until:${lastMs}`, searchedToMs: lastMs };
  const [first] = connections;
  if (!archive || !first || filter.outcome === "waiting") return page;
  return await goOn(archive, page, { connections, filter, from: first.id, place: "" });
}

const newestFirst = (one: KnownMessage, other: KnownMessage) => other.atMs - one.atMs;

async function readWaiting(
  { queues }: MessagesContext,
  { connections, filter }: Options,
): Promise<KnownMessage[]> {
  const found = await Promise.all(
    connections.map((connection) =>
      listWaiting({ connection, queue: queues.of(connection.id) }, shownWaiting),
    ),
  );
  return found
    .flat()
    .filter((known) => matches(filter, known))
    .sort(newestFirst)
    .slice(0, pageMessages);
}

type Part = {
  messages: KnownMessage[];
  /** There may be older ones in Redis: it was searched back to this time, in Unix milliseconds. */
  reachedMs?: number;
  latest?: string;
};

/** A page of a connection's records of before a time, of so many at the most, but at least those of its last millisecond. */
async function readBefore(
  { redis }: MessagesContext,
  {
    connection,
    filter,
    untilMs,
    share,
  }: { connection: Connection; filter: MessageFilter; untilMs: number; share: number },
): Promise<Part> {
  const { fromMs } = timesOf(filter);
  const part: Part = { messages: [] };
  let next = Number.isFinite(untilMs) ? await placeBefore(redis, connection.id, untilMs) : undefined;
  for (let searched = 0; ; ) {
    const page = await listRecords(redis, connection.id, { limit: recordsAtOnce, before: next });
    part.latest ??= page.latest ?? "0";
    next = page.next;
    searched += page.records.length;
    const found = page.records.map((record) => fromRecord(connection, record));
    part.messages.push(...found.filter((known) => known.atMs < untilMs && matches(filter, known)));
    const reachedMs = page.records.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
    // What was settled before the time was received before it.
    if (next === undefined || reachedMs < fromMs) return part;
    const isEnough = part.messages.length >= pageMessages || searched >= share;
    if (isEnough && reachedMs + 1 < untilMs) return { ...part, reachedMs };
  }
}

/** Searches the archives of the connections, from one of them on, for as long as a page may take. */
async function goOn(
  archive: Archive,
  page: MessagePage,
  options: { connections: Connection[]; filter: MessageFilter; from: string; place: string },
): Promise<MessagePage> {
  const { connections, filter, from } = options;
  const endsAt = performance.now() + budgetMs;
  let { place } = options;
  const first = connections.findIndex(({ id }) => id === from);
  for (const connection of first < 0 ? [] : connections.slice(first)) {
    for (let next: string | undefined = place; next !== undefined; place = next ?? "") {
      if (page.messages.length >= pageMessages || performance.now() > endsAt) {
        return { ...page, next: placeInArchive(connection.id, next), searching: connection.name };
      }
      const found = await listArchived(archive, { connection, filter, place: next });
      page.messages.push(...found.messages);
      page = { ...page, ...(found.searchedToMs !== undefined && { searchedToMs: found.searchedToMs }) };
      next = found.next;
    }
  }
  return page;
}
