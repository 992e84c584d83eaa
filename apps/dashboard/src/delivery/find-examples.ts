import type { Connection } from "@customerio-router/connections";
import { findWithFailed } from "@customerio-router/queue";
import { type ReasonRow, writeReason } from "@customerio-router/reports";
import { failedMessages, groupKey } from "../failed/failed-messages.ts";
import { listMessages } from "../messages/find/find-messages.ts";
import { readMessageFilter } from "../messages/find/message-filter.ts";
import { messagePath } from "../messages/message-row.ts";
import type { MessagesContext } from "../messages/messages-context.ts";

/** Jobs of a connection that are looked through, the newest. */
const searchedJobs = 1_000;

/** Where an example of a reason is, by `exampleKey`. */
export type Examples = ReadonlyMap<string, string>;

export function exampleKey({ outcome, reason }: Pick<ReasonRow, "outcome" | "reason">): string {
  return `${outcome}|${reason}`;
}

/** How long failed messages are looked through. */
const budgetMs = 50;

/** Examples among the failed messages and the newest records; of some reasons there is none any more, or not at once. */
export async function findExamples(
  context: MessagesContext,
  {
    connections,
    source = "",
    reasons,
  }: { connections: Connection[]; source?: string | undefined; reasons: ReasonRow[] },
): Promise<Examples> {
  const wanted = (outcome: string) =>
    new Set(reasons.filter((row) => row.outcome === outcome).map(exampleKey));
  const [failed, skipped] = await Promise.all([
    findFailed(context, connections, wanted("rejected")),
    findSkipped(context, { connections, source }, wanted("skipped")),
  ]);
  return new Map([...failed, ...skipped]);
}

async function findFailed(
  { redis, queues }: MessagesContext,
  connections: Connection[],
  wanted: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  if (wanted.size === 0) return found;
  const endsAt = performance.now() + budgetMs;
  const withFailed = new Set(
    await findWithFailed(
      redis,
      connections.map(({ id }) => id),
    ),
  );
  for (const connection of connections.filter(({ id }) => withFailed.has(id))) {
    const queue = queues.of(connection.id);
    for await (const { rejection } of failedMessages({ connection, queue }, searchedJobs)) {
      const key = exampleKey({ outcome: "rejected", reason: writeReason(rejection.reason) });
      if (!wanted.has(key) || found.has(key)) continue;
      const query = new URLSearchParams({ connection: connection.id, group: groupKey(rejection) });
      found.set(key, `/failed/group?${query}`);
      if (found.size === wanted.size) return found;
    }
    if (performance.now() > endsAt) break;
  }
  return found;
}

async function findSkipped(
  context: MessagesContext,
  { connections, source }: { connections: Connection[]; source: string },
  wanted: ReadonlySet<string>,
): Promise<Map<string, string>> {
  if (wanted.size === 0) return new Map();
  const filter = readMessageFilter({ outcome: "skipped", source });
  const { messages } = await listMessages(context, { connections, filter });
  const examples = messages.map((known): [string, string] => [
    exampleKey({ outcome: "skipped", reason: writeReason(known.reason ?? "") }),
    messagePath(known),
  ]);
  return new Map(examples.filter(([key]) => wanted.has(key)).toReversed());
}
