import type { Connection } from "@customerio-router/connections";
import { findRecords, listRecords, recordedSinceMs } from "@customerio-router/reports";
import type { MessagesContext } from "../messages-context.ts";
import { fromRecord, type KnownMessage } from "./known-message.ts";
import { type MessageFilter, matches } from "./message-filter.ts";
import { findWaiting, listWaiting } from "./waiting-messages.ts";

/** Shown on a page. */
const pageMessages = 50;
/** Records looked through for a page; a person can go on from there. */
const searchedRecords = 10_000;
const recordsAtOnce = 500;
const shownWaiting = 20;

/** A page of messages, newest first. */
export type MessagePage = {
  messages: KnownMessage[];
  /** Where to search on; absent at the end, and when several connections are looked at. */
  next?: string;
  /** The newest group of records of each connection, for what comes after. */
  latest: Map<string, string>;
  /** Since when records are kept, in Unix milliseconds. */
  sinceMs: number | undefined;
};

/** The messages that match, of the given connections. */
export async function listMessages(
  context: MessagesContext,
  options: { connections: Connection[]; filter: MessageFilter; before?: string | undefined },
): Promise<MessagePage> {
  const { connections, filter, before } = options;
  const pages = await Promise.all(
    connections.map((connection) => listOf(context, { connection, filter, before })),
  );
  const since = pages.flatMap(({ sinceMs }) => sinceMs ?? []);
  const [only] = pages;
  return {
    messages: pages
      .flatMap(({ messages }) => messages)
      .sort((one, other) => other.atMs - one.atMs)
      .slice(0, pages.length > 1 ? pageMessages : undefined),
    latest: new Map(connections.map(({ id }, index) => [id, pages[index]?.latest ?? "0"])),
    sinceMs: since.length > 0 ? Math.min(...since) : undefined,
    ...(only?.next !== undefined && pages.length === 1 && { next: only.next }),
  };
}

async function listOf(
  { redis, queues }: MessagesContext,
  {
    connection,
    filter,
    before,
  }: { connection: Connection; filter: MessageFilter; before?: string | undefined },
): Promise<{ messages: KnownMessage[]; next?: string; latest?: string; sinceMs: number | undefined }> {
  const isFirstPage = before === undefined;
  const [waiting, sinceMs] = await Promise.all([
    isFirstPage ? listWaiting({ connection, queue: queues.of(connection.id) }, shownWaiting) : [],
    recordedSinceMs(redis, connection.id),
  ]);
  const messages = waiting.filter((known) => matches(filter, known));
  const maxMessages = messages.length + pageMessages;
  let next = before;
  let latest: string | undefined;
  let searched = 0;
  do {
    const page = await listRecords(redis, connection.id, { limit: recordsAtOnce, before: next });
    latest ??= page.latest;
    next = page.next;
    searched += page.records.length;
    const found = page.records.map((record) => fromRecord(connection, record));
    messages.push(...found.filter((known) => matches(filter, known)));
  } while (next !== undefined && messages.length < maxMessages && searched < searchedRecords);
  return { messages, sinceMs, ...(next !== undefined && { next }), ...(latest !== undefined && { latest }) };
}

/** All that is known of one message: what became of it each time, newest first, and where it waits. */
export async function findMessage(
  { redis, queues }: MessagesContext,
  { connections, messageId }: { connections: Connection[]; messageId: string },
): Promise<KnownMessage[]> {
  const found = await Promise.all(
    connections.map(async (connection) => {
      const [records, waiting] = await Promise.all([
        findRecords(redis, connection.id, messageId),
        findWaiting({ connection, queue: queues.of(connection.id) }, messageId),
      ]);
      return [...(waiting ? [waiting] : []), ...records.map((record) => fromRecord(connection, record))];
    }),
  );
  return found.flat();
}
