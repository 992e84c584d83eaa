import { setTimeout as sleep } from "node:timers/promises";
import { listRecords } from "@customerio-router/reports";
import type { FastifyInstance, FastifyReply } from "fastify";
import { badQuery } from "../delivery/ledger-query.ts";
import { textFields } from "../page/text-fields.ts";
import { fromRecord, type KnownMessage } from "./find/known-message.ts";
import { matches, problemOf, readMessageFilter } from "./find/message-filter.ts";
import { listWaiting } from "./find/waiting-messages.ts";
import { messageRow } from "./message-row.ts";
import type { MessagesContext } from "./messages-context.ts";

const lookMs = 1_000;
/** A busy connection has more than a person can read: a sample of so many a second is shown. */
const maxRowsAtOnce = 50;
const shownWaiting = 20;
/** Each looks into Redis every second. */
const maxStreams = 100;

/** `GET /messages/stream`: rows of the live view as server-sent events, each message as it waits and when it has its outcome. */
export function streamMessages(app: FastifyInstance, context: MessagesContext): void {
  const closing = new AbortController();
  let streams = 0;
  app.addHook("preClose", async () => closing.abort());

  app.get("/messages/stream", async (request, reply) => {
    if (streams >= maxStreams) return reply.code(503).send({ error: "Too many live views are open." });
    const gone = new AbortController();
    request.raw.on("close", () => gone.abort());
    const signal = AbortSignal.any([closing.signal, gone.signal]);
    const filter = readMessageFilter(textFields(request.query));
    const problem = problemOf(filter);
    if (problem !== undefined) throw badQuery(`\`where\`: ${problem}`);
    const news = createNews(context, filter);
    openStream(reply);
    streams += 1;
    try {
      while (!signal.aborted) {
        const rows = await news().catch((error: unknown) => {
          request.log.warn({ err: error }, "could not read messages for a live view; trying again");
          return [];
        });
        const texts = await Promise.all(rows.map((known) => messageRow(known, context.privacy)));
        for (const text of texts) reply.raw.write(event("row", app.basePath.addToMarkup(String(text))));
        // Proxies end what is silent for long.
        if (rows.length === 0) reply.raw.write(": nothing new\n\n");
        // Only the end of the stream interrupts the wait.
        await sleep(lookMs, undefined, { signal }).catch(() => {});
      }
    } finally {
      streams -= 1;
      reply.raw.end();
    }
    return reply;
  });
}

function openStream(reply: FastifyReply): void {
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
  reply.raw.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
}

/** Gives, each time it is called, what is new since the call before, oldest first. */
function createNews(
  { store, redis, queues }: MessagesContext,
  filter: ReturnType<typeof readMessageFilter>,
): () => Promise<KnownMessage[]> {
  const latest = new Map<string, string>();
  const seenWaiting = new Set<string>();

  return async () => {
    const connections = (await store.list()).filter(
      ({ id }) => filter.connection === "" || id === filter.connection,
    );
    const found = await Promise.all(
      connections.map(async (connection) => {
        const { id } = connection;
        const isFirst = !latest.has(id);
        const page = await listRecords(redis, id, {
          limit: isFirst ? 1 : maxRowsAtOnce,
          ...(!isFirst && { after: latest.get(id) }),
        });
        latest.set(id, page.latest ?? latest.get(id) ?? "0");
        const waiting = await listWaiting({ connection, queue: queues.of(id) }, shownWaiting);
        const fresh = waiting.filter((known) => !seenWaiting.has(keyOf(known)));
        for (const known of fresh) seenWaiting.add(keyOf(known));
        const settled = isFirst ? [] : page.records.map((record) => fromRecord(connection, record));
        return [...settled.slice(0, maxRowsAtOnce), ...fresh];
      }),
    );
    if (seenWaiting.size > 10_000) seenWaiting.clear();
    return found
      .flat()
      .filter((known) => matches(filter, known))
      .sort((one, other) => one.atMs - other.atMs);
  };
}

function keyOf({ connection, messageId, jobId }: KnownMessage): string {
  return `${connection.id} ${jobId} ${messageId}`;
}

/** Lines of their own, as the protocol wants them. */
function event(name: string, text: string): string {
  const lines = text.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return `event: ${name}\n${lines.join("")}\n`;
}
