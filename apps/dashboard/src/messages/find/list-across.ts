import type { Archive } from "@customerio-router/archive";
import type { Connection } from "@customerio-router/connections";
import { findWithJobs } from "@customerio-router/queue";
import { findNewestRecords, listRecords } from "@customerio-router/reports";
import type { MessagesContext } from "../messages-context.ts";
import { listArchived } from "./archived-messages.ts";
import { fromRecord, type KnownMessage } from "./known-message.ts";
import { type MessageFilter, matches, timesOf } from "./message-filter.ts";
import type { MessagePage } from "./message-page.ts";
import { budgetMs, pageMessages, searchedRecords, shownWaiting } from "./page-bounds.ts";
import { listWaiting } from "./waiting-messages.ts";

/** Connections that are read at the same time: those with the newest records first. */
const connectionsAtOnce = 25;
/** Records of one connection: at first few, since the others have new ones too. */
const firstRecords = 10;
const recordsAtOnce = 100;

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
  const [, archivedId, place = ""] = /^in:(\w+):(.*)$/.exec(before ?? "") ?? [];
  if (archivedId !== undefined) {
    const page = { messages: [], sinceMs: undefined };
    return archive ? await goOn(archive, page, { connections, filter, from: archivedId, place }) : page;
  }
  const untilMs = before === undefined ? Number.POSITIVE_INFINITY : Number(before.slice("until:".length));
  const waiting = before === undefined ? await readWaiting(context, options) : [];
  if (filter.outcome === "waiting") return { messages: waiting, sinceMs: undefined };
  const { found, searchedMs } = await searchRecords(context, { connections, filter, untilMs });
  // Messages of the same moment stay together: the next page begins before it.
  const lastMs = found[pageMessages - 1]?.atMs ?? searchedMs;
  const messages = [...waiting, ...found.filter(({ atMs }) => atMs >= lastMs)].sort(newestFirst);
  const page = { sinceMs: undefined, messages };
  if (Number.isFinite(lastMs)) return { ...page, next: `until:${lastMs}`, searchedToMs: lastMs };
  const [first] = connections;
  if (!archive || !first) return page;
  return await goOn(archive, page, { connections, filter, from: first.id, place: "" });
}

const newestFirst = (one: KnownMessage, other: KnownMessage) => other.atMs - one.atMs;

async function readWaiting(
  { redis, queues }: MessagesContext,
  { connections, filter }: Options,
): Promise<KnownMessage[]> {
  const withJobs = new Set(
    await findWithJobs(
      redis,
      connections.map(({ id }) => id),
    ),
  );
  const found = await Promise.all(
    connections
      .filter(({ id }) => withJobs.has(id))
      .map((connection) => listWaiting({ connection, queue: queues.of(connection.id) }, shownWaiting)),
  );
  return found
    .flat()
    .filter((known) => matches(filter, known))
    .sort(newestFirst)
    .slice(0, pageMessages);
}

/** How far the records of a connection were read. */
type Reading = {
  connection: Connection;
  /** Where to read on; absent at the end. */
  next: string | undefined;
  /** The time of the last record that was read, or of the first to be read. */
  reachedMs: number;
  isBegun: boolean;
};

/**
 * Messages of before a time that match, newest first: a page of them at least, unless that takes longer than a page may.
 * `searchedMs`: what is older was not searched for in all connections; -Infinity: all were.
 */
async function searchRecords(
  { redis }: MessagesContext,
  { connections, filter, untilMs }: { connections: Connection[]; filter: MessageFilter; untilMs: number },
): Promise<{ found: KnownMessage[]; searchedMs: number }> {
  const endsAt = performance.now() + budgetMs;
  const { fromMs } = timesOf(filter);
  const byId = new Map(connections.map((connection) => [connection.id, connection]));
  const newest = await findNewestRecords(
    redis,
    [...byId.keys()],
    Number.isFinite(untilMs) ? untilMs : undefined,
  );
  let readings = newest.map(
    ({ connectionId, before, atMs }): Reading => ({
      connection: byId.get(connectionId) as Connection,
      next: before,
      reachedMs: atMs,
      isBegun: false,
    }),
  );
  const found: KnownMessage[] = [];
  for (let searched = 0; ; ) {
    // What was settled before the time was received before it.
    readings = readings.filter(({ next, reachedMs }) => next !== undefined && reachedMs >= fromMs);
    readings.sort((one, other) => other.reachedMs - one.reachedMs);
    const unreadMs = readings[0]?.reachedMs ?? Number.NEGATIVE_INFINITY;
    // What one connection was not searched for yet, the others must not hide.
    const complete = found.filter(({ atMs }) => atMs > unreadMs);
    const isOver = searched >= searchedRecords || performance.now() > endsAt;
    const isEnough = isOver || complete.length >= pageMessages;
    // Those of one millisecond are read whole, or the next page would begin where this one did.
    if (readings.length === 0 || (isEnough && unreadMs + 1 < untilMs)) {
      return { found: complete.sort(newestFirst), searchedMs: unreadMs + 1 };
    }
    await Promise.all(
      readings.slice(0, connectionsAtOnce).map(async (reading) => {
        const { connection, isBegun, next } = reading;
        const limit = isBegun ? recordsAtOnce : firstRecords;
        const page = await listRecords(redis, connection.id, { limit, before: next });
        searched += page.records.length;
        const known = page.records.map((record) => fromRecord(connection, record));
        found.push(...known.filter((one) => one.atMs < untilMs && matches(filter, one)));
        reading.next = page.next;
        reading.reachedMs = page.records.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
        reading.isBegun = true;
      }),
    );
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
