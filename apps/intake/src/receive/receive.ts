import type { WriteKeyLookup } from "@customerio-router/connections";
import type { Entry, Receipt } from "@customerio-router/messages";
import { ConnectionGoneError, type Enqueuer, QueueUnavailableError } from "@customerio-router/queue";
import { patience } from "@customerio-router/redis";
import { salvaged } from "@customerio-router/reports";
import type { FastifyRequest } from "fastify";
import type { IntakeMetrics } from "../intake-metrics.ts";
import { type BodyMemory, createBodyMemory } from "../limits/body-memory.ts";
import { createLimits, type LimitSettings } from "../limits/limits.ts";
import { createMinimumRate, type MinimumRate } from "../limits/minimum-rate.ts";
import type { RefusedCallLog } from "../refused/refused-calls.ts";
import { findWriteKey, findWriteKeyInBody } from "./find-write-key.ts";
import { type ReadBody, readJson } from "./read-json.ts";
import { readMessageIds } from "./read-message-ids.ts";
import { backlogFull, Refusal, UnreadableBody, unavailable, unknownWriteKey } from "./refusal.ts";

/** What has come to light of a request, for the case that it is refused. */
type Seen = { writeKey?: string | undefined; connectionId?: string | undefined; body?: unknown };

type ReadEntries = (body: unknown, receipt: Receipt) => Entry[] | Refusal;

/** Takes the messages of a request; undefined once all of them are durable. */
export type Receive = (request: FastifyRequest, readEntries: ReadEntries) => Promise<Refusal | undefined>;

export type ReceiveOptions = {
  lookup: Pick<WriteKeyLookup, "find" | "knows">;
  /** False while a connection is still to be made: until then no write key counts as unknown. */
  knowsConnections: () => boolean;
  enqueuer: Pick<Enqueuer, "enqueue">;
  /** Whether a connection has as much waiting as it may. Left out: never. */
  isOverBacklog?: (connectionId: string) => boolean;
  /** Left out: none. */
  limits?: LimitSettings;
  /** For all bodies being read or kept at once. Left out: a share of the heap. */
  bodyMemory?: BodyMemory;
  /** Left out: 1 KB a second. */
  minimumRate?: MinimumRate;
  metrics: Pick<IntakeMetrics, "countReceived" | "countEnqueued" | "countSalvaged">;
  /** Left out: what is refused is not kept. */
  refusedCalls?: Pick<RefusedCallLog, "add"> | undefined;
};

/** Read, authenticate, validate, enqueue: the way of a request. */
export function createReceive(options: ReceiveOptions): Receive {
  const { lookup, knowsConnections, enqueuer, metrics, refusedCalls } = options;
  const limits = createLimits(options.limits ?? { perAddress: 0, perKey: 0 });
  const { bodyMemory = createBodyMemory(), minimumRate = createMinimumRate() } = options;

  async function authenticate(
    request: FastifyRequest,
    writeKey: string | undefined,
  ): Promise<{ id: string } | Refusal> {
    const tooMany = limits.refuseUnknownKey(request.ip);
    if (tooMany && !(writeKey !== undefined && lookup.knows(writeKey))) return tooMany;
    const connection = writeKey === undefined ? unknownWriteKey : await find(writeKey);
    if (connection === unknownWriteKey) limits.countUnknownKey(request.ip);
    return connection;
  }

  async function authenticateBody(
    request: FastifyRequest,
    body: unknown,
    seen: Seen,
  ): Promise<{ id: string } | Refusal> {
    seen.writeKey = findWriteKeyInBody(body);
    const connection = await authenticate(request, seen.writeKey);
    if (!(connection instanceof Refusal)) seen.connectionId = connection.id;
    return connection;
  }

  async function find(writeKey: string): Promise<{ id: string } | Refusal> {
    try {
      const connection = await lookup.find(writeKey);
      return connection ?? (knowsConnections() ? unknownWriteKey : unavailable);
    } catch {
      // Redis is away and the key is not in memory. Not 401: the client would throw its messages away.
      return unavailable;
    }
  }

  async function enqueue(
    connectionId: string,
    entries: Entry[],
    messageIds: (string | undefined)[],
  ): Promise<Refusal | undefined> {
    metrics.countReceived(connectionId, entries);
    try {
      if (entries.length > 0) await enqueuer.enqueue(connectionId, entries, messageIds);
    } catch (error) {
      if (error instanceof QueueUnavailableError) return unavailable;
      // Deleted since its write key was looked up.
      if (error instanceof ConnectionGoneError) return knowsConnections() ? unknownWriteKey : unavailable;
      throw error;
    }
    metrics.countEnqueued(connectionId, entries);
    return undefined;
  }

  async function take(
    request: FastifyRequest,
    { connection, seen }: { connection: { id: string }; seen: Seen },
    { json: body, isSalvaged, warningsOf }: ReadBody,
    readEntries: ReadEntries,
  ): Promise<Refusal | undefined> {
    if (options.isOverBacklog?.(connection.id)) return backlogFull;
    const tooMany = limits.refuseMessages(connection.id);
    if (tooMany) return tooMany;
    const receipt = { receivedAt: new Date(), sentAt: request.headers.sentat, warningsOf };
    const entries = readEntries(body, receipt);
    if (entries instanceof Refusal) return entries;
    if (isSalvaged) {
      for (const entry of entries) if (!entry.cut) entry.salvaged = true;
      metrics.countSalvaged(connection.id);
      refusedCalls?.add({ status: 200, reason: salvaged, request, ...seen });
    }
    limits.countMessages(connection.id, entries.length);
    return enqueue(connection.id, entries, readMessageIds(body, entries));
  }

  /** Read within its owner's share; only then is a write key in the body known. */
  async function receiveBody(
    request: FastifyRequest,
    { known, seen }: { known: { id: string } | undefined; seen: Seen },
    readEntries: ReadEntries,
  ): Promise<Refusal | undefined> {
    const memory = bodyMemory.claim({ address: request.ip, hasKey: known !== undefined });
    const body = await readJson(request.raw, { memory, minimumRate });
    if (body instanceof Refusal) {
      memory.release();
      if (body instanceof UnreadableBody) seen.body = body.text;
      return body;
    }
    seen.body = body.json;
    const taking = async () => {
      const connection = known ?? (await authenticateBody(request, body.json, seen));
      return connection instanceof Refusal
        ? connection
        : take(request, { connection, seen }, body, readEntries);
    };
    return inTime(taking().finally(memory.release));
  }

  async function receive(
    request: FastifyRequest,
    readEntries: ReadEntries,
    seen: Seen,
  ): Promise<Refusal | undefined> {
    const tooMany = limits.refuseRequest(request.ip);
    if (tooMany) return tooMany;
    const writeKey = findWriteKey(request.headers.authorization, request.query);
    // Before the body may claim memory: clients without a valid key must not block the others.
    const known = writeKey === undefined ? undefined : await authenticate(request, writeKey);
    if (known instanceof Refusal) return known;
    seen.writeKey = writeKey;
    seen.connectionId = known?.id;
    return receiveBody(request, { known, seen }, readEntries);
  }

  return async (request, readEntries) => {
    const seen: Seen = {};
    const refusal = await receive(request, readEntries, seen);
    if (refusal !== undefined)
      refusedCalls?.add({ status: refusal.status, reason: refusal.reason, request, ...seen });
    return refusal;
  };
}

/** After this timeout the client resends under the same ids, in case the messages were kept. */
function inTime(taking: Promise<Refusal | undefined>): Promise<Refusal | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Refusal | undefined>();
  const late = setTimeout(resolve, patience.replyMs, unavailable);
  taking.then(resolve, reject).finally(() => clearTimeout(late));
  return promise;
}
