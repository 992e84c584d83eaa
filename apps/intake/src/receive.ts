import type { WriteKeyLookup } from "@customerio-router/connections";
import type { Receipt } from "@customerio-router/messages";
import { type Enqueuer, type Entry, QueueUnavailableError } from "@customerio-router/queue";
import type { FastifyRequest } from "fastify";
import { findWriteKey } from "./find-write-key.ts";
import type { IntakeMetrics } from "./intake-metrics.ts";
import { readJson } from "./read-json.ts";
import { Refusal, unavailable, unknownWriteKey } from "./refusal.ts";

/** A body, read, is answered within this: some SDKs take an answer that is late for none and send again. */
const answerWithinMs = 1_400;

export type ReadEntries = (body: unknown, receipt: Receipt) => Entry[] | Refusal;

/** Takes the messages of a request; undefined once Redis has them all. */
export type Receive = (request: FastifyRequest, readEntries: ReadEntries) => Promise<Refusal | undefined>;

export type ReceiveOptions = {
  lookup: Pick<WriteKeyLookup, "find">;
  /** False while a connection is still to be made: until then no write key counts as unknown. */
  knowsConnections: () => boolean;
  enqueuer: Pick<Enqueuer, "enqueue">;
  metrics: Pick<IntakeMetrics, "countReceived" | "countEnqueued">;
};

/** Read, authenticate, validate, enqueue: the way of a request. */
export function createReceive(options: ReceiveOptions): Receive {
  const { lookup, knowsConnections, enqueuer, metrics } = options;

  async function authenticate(request: FastifyRequest, body: unknown): Promise<{ id: string } | Refusal> {
    const { authorization } = request.headers;
    const writeKey = findWriteKey({ authorization, query: request.query, body });
    if (writeKey === undefined) return unknownWriteKey;
    try {
      const connection = await lookup.find(writeKey);
      return connection ?? (knowsConnections() ? unknownWriteKey : unavailable);
    } catch {
      // Redis is away and the key is not in memory. Not 401: the client would throw its messages away.
      return unavailable;
    }
  }

  async function enqueue(connectionId: string, entries: Entry[]): Promise<Refusal | undefined> {
    metrics.countReceived(connectionId, entries);
    try {
      if (entries.length > 0) await enqueuer.enqueue(connectionId, entries);
    } catch (error) {
      if (error instanceof QueueUnavailableError) return unavailable;
      throw error;
    }
    metrics.countEnqueued(connectionId, entries);
    return undefined;
  }

  async function take(request: FastifyRequest, body: unknown, readEntries: ReadEntries) {
    const connection = await authenticate(request, body);
    if (connection instanceof Refusal) return connection;
    const entries = readEntries(body, { receivedAt: new Date(), sentAt: request.headers.sentat });
    if (entries instanceof Refusal) return entries;
    return enqueue(connection.id, entries);
  }

  return async (request, readEntries) => {
    const body = await readJson(request.raw);
    if (body instanceof Refusal) return body;
    return inTime(take(request, body.json, readEntries));
  };
}

/** What is kept after all, later than this, is sent again by the client under the same ids. */
function inTime(taking: Promise<Refusal | undefined>): Promise<Refusal | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Refusal | undefined>();
  const late = setTimeout(resolve, answerWithinMs, unavailable);
  taking.then(resolve, reject).finally(() => clearTimeout(late));
  return promise;
}
