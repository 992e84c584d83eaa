import type { Connection } from "@customerio-router/connections";
import { findWithJobs } from "@customerio-router/queue";
import { findRecords, listRecords, recordedSinceMs } from "@customerio-router/reports";
import type { MessagesContext } from "../messages-context.ts";
import { findArchived, listArchived } from "./archived-messages.ts";
import { fromRecord, type KnownMessage } from "./known-message.ts";
import { listAcross, placeInArchive } from "./list-across.ts";
import { type MessageFilter, matches, timesOf } from "./message-filter.ts";
import type { MessagePage } from "./message-page.ts";
import { budgetMs, pageMessages, searchedRecords, shownWaiting } from "./page-bounds.ts";
import { findWaiting, listWaiting } from "./waiting-messages.ts";

const recordsAtOnce = 500;

/** A page's place in the archive, which has what came before all that Redis has. */
const inArchive = "archive:";

/** The place in the list of these connections at which the archive begins. */
export function startOfArchive([first, ...others]: Connection[]): string {
  return others.length === 0 ? inArchive : placeInArchive(first?.id ?? "", "");
}

/** The messages that match, of the given connections. */
export async function listMessages(
  context: MessagesContext,
  options: { connections: Connection[]; filter: MessageFilter; before?: string | undefined },
): Promise<MessagePage> {
  const { connections, filter, before } = options;
  const [connection, ...others] = connections;
  if (!connection) return { messages: [], sinceMs: undefined };
  if (others.length > 0) return await listAcross(context, options);
  const page = await listOf(context, { connection, filter, before });
  page.messages.sort((one, other) => other.atMs - one.atMs);
  return page;
}

type ListOptions = { connection: Connection; filter: MessageFilter; before?: string | undefined };

/** What Redis has, and where that ends, what the archive has. */
async function listOf(context: MessagesContext, options: ListOptions): Promise<MessagePage> {
  const { connection, filter, before } = options;
  const archive = await context.archive.find();
  if (archive && before?.startsWith(inArchive)) {
    return await readOn({ messages: [], sinceMs: undefined }, before.slice(inArchive.length));
  }
  const page = await listRecorded(context, options);
  const isFull = page.messages.length >= pageMessages;
  if (!archive || page.next !== undefined) return page;
  if (isFull) return { ...page, sinceMs: undefined, next: inArchive };
  return await readOn({ ...page, sinceMs: undefined }, "");

  async function readOn(page: MessagePage, place: string): Promise<MessagePage> {
    if (!archive) return page;
    const { messages, next, searchedToMs } = await listArchived(archive, { connection, filter, place });
    return {
      ...page,
      messages: [...page.messages, ...messages],
      ...(next !== undefined && { next: `${inArchive}${next}` }),
      ...(searchedToMs !== undefined && { searchedToMs }),
    };
  }
}

async function listRecorded(
  { redis, queues }: MessagesContext,
  { connection, filter, before }: ListOptions,
): Promise<MessagePage> {
  const isFirstPage = before === undefined;
  const [waiting, sinceMs] = await Promise.all([
    isFirstPage ? listWaiting({ connection, queue: queues.of(connection.id) }, shownWaiting) : [],
    recordedSinceMs(redis, connection.id),
  ]);
  const messages = waiting.filter((known) => matches(filter, known));
  if (filter.outcome === "waiting") return { messages, sinceMs };
  const endsAt = performance.now() + budgetMs;
  const maxMessages = messages.length + pageMessages;
  let next = before;
  let searched = 0;
  let reachedMs = Number.POSITIVE_INFINITY;
  const { fromMs } = timesOf(filter);
  do {
    const page = await listRecords(redis, connection.id, { limit: recordsAtOnce, before: next });
    next = page.next;
    searched += page.records.length;
    const found = page.records.map((record) => fromRecord(connection, record));
    messages.push(...found.filter((known) => matches(filter, known)));
    reachedMs = page.records.at(-1)?.atMs ?? reachedMs;
    // What was settled before the time was received before it.
    if (reachedMs < fromMs) return { messages, sinceMs };
    if (messages.length >= maxMessages || searched >= searchedRecords || performance.now() > endsAt) break;
  } while (next !== undefined);
  return { messages, sinceMs, ...(next !== undefined && { next, searchedToMs: reachedMs }) };
}

/** All that is known of one message: what became of it each time, newest first, and where it waits. */
export async function findMessage(
  { redis, queues, archive }: MessagesContext,
  { connections, messageId }: { connections: Connection[]; messageId: string },
): Promise<KnownMessage[]> {
  const withJobs = new Set(
    await findWithJobs(
      redis,
      connections.map(({ id }) => id),
    ),
  );
  const found = await Promise.all(
    connections.map(async (connection) => {
      const queue = queues.of(connection.id);
      const [records, waiting, archived] = await Promise.all([
        findRecords(redis, connection.id, messageId),
        withJobs.has(connection.id) ? findWaiting({ connection, queue }, messageId) : undefined,
        archive.find().then((found) => findArchived(found, connection, messageId)),
      ]);
      const recorded = records.map((record) => fromRecord(connection, record));
      // What is being archived is in both for a moment.
      const isRecorded = (line: KnownMessage) =>
        recorded.some(({ jobId, atMs }) => jobId === line.jobId && atMs === line.atMs);
      return [...(waiting ? [waiting] : []), ...recorded, ...archived.filter((line) => !isRecorded(line))];
    }),
  );
  return found.flat();
}
