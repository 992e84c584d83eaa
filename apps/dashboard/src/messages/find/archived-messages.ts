import type { Archive, ArchivedMessage } from "@customerio-router/archive";
import type { Connection } from "@customerio-router/connections";
import type { KnownMessage } from "./known-message.ts";
import { type MessageFilter, matches, peopleNamed, timesOf } from "./message-filter.ts";
import { budgetMs } from "./page-bounds.ts";

const linesAtOnce = 50;

/** All lines of a message, newest first. */
export async function findArchived(
  archive: Archive | undefined,
  connection: Connection,
  messageId: string,
): Promise<KnownMessage[]> {
  const found = await archive?.findMessage(connection.id, messageId);
  return (found?.lines ?? []).map((line) => fromLine(connection, line)).sort((a, b) => b.atMs - a.atMs);
}

/** Archived messages that match, newest first, and where to search on. */
export type ArchivedPage = { messages: KnownMessage[]; next?: string; searchedToMs?: number };

/**
 * Searches the archive for as long as a page may take.
 * @param place where an earlier page ended; empty: at the newest
 */
export async function listArchived(
  archive: Archive,
  { connection, filter, place }: { connection: Connection; filter: MessageFilter; place: string },
): Promise<ArchivedPage> {
  const people = peopleNamed(filter.person);
  const [, kind = "0", cursor = ""] = /^(\d)\.(.*)$/.exec(place) ?? [];
  const person = people[Number(kind)];
  const outcome = outcomeOf(filter.outcome);
  if (filter.outcome === "waiting") return { messages: [] };
  const page = await archive.search(
    connection.id,
    {
      ...(person !== undefined && { person }),
      ...(outcome && { outcome }),
      ...(filter.source !== "" && { source: filter.source }),
      ...(filter.event !== "" && { event: filter.event }),
      ...(filter.reason !== "" && { reason: filter.reason }),
      ...timesOf(filter),
    },
    { limit: linesAtOnce, budgetMs, ...(cursor !== "" && { cursor }) },
  );
  const messages = page.lines
    .map((line) => fromLine(connection, line))
    .filter((known) => matches({ ...filter, person: "" }, known));
  const next = page.cursor ?? (Number(kind) + 1 < people.length ? "" : undefined);
  return {
    messages,
    ...(page.searchedToMs !== undefined && { searchedToMs: page.searchedToMs }),
    ...(next !== undefined && { next: `${page.cursor === undefined ? Number(kind) + 1 : kind}.${next}` }),
  };
}

function outcomeOf(text: string): ArchivedMessage["outcome"] | undefined {
  return text === "delivered" || text === "skipped" || text === "rejected" ? text : undefined;
}

function fromLine({ id, name }: Connection, line: ArchivedMessage): KnownMessage {
  const { messageId, jobId, settledAt, outcome, reason, rejection, requests, attempts } = line;
  const { operations, salvaged, warnings, rules, treated, from, message } = line;
  return {
    connection: { id, name },
    messageId,
    jobId,
    atMs: Date.parse(settledAt),
    state: outcome,
    ...(outcome === "skipped" && reason !== undefined && { reason }),
    ...(rejection && { rejection }),
    requests,
    attempts,
    operations,
    ...(salvaged && { salvaged }),
    ...(warnings && { warnings }),
    ...(rules && { rules }),
    ...(treated && { treated }),
    ...(from && { from }),
    message,
  };
}
