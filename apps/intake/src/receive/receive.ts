import type { Route, WriteKeyLookup } from "@customerio-router/connections";
import type { Entry, Receipt } from "@customerio-router/messages";
import { patience } from "@customerio-router/redis";
import { noConnectionFed, salvaged, sourcePaused } from "@customerio-router/reports";
import type { FastifyRequest } from "fastify";
import type { IntakeMetrics } from "../intake-metrics.ts";
import { type BodyMemory, createBodyMemory } from "../limits/body-memory.ts";
import { createLimits, type LimitSettings } from "../limits/limits.ts";
import { createMinimumRate, type MinimumRate } from "../limits/minimum-rate.ts";
import type { RefusedCallLog } from "../refused/refused-calls.ts";
import { createFanOut, type FanOutOptions, type Taken } from "./fan-out.ts";
import { findWriteKey, findWriteKeyInBody } from "./find-write-key.ts";
import { type ReadBody, readJson } from "./read-json.ts";
import { readMessageIds } from "./read-message-ids.ts";
import { Refusal, UnreadableBody, unavailable, unknownWriteKey, wrongOrigin } from "./refusal.ts";

/** What has come to light of a request, for the case that it is refused. */
type Seen = { writeKey?: string | undefined; route?: Route | undefined; body?: unknown };

type ReadEntries = (body: unknown, receipt: Receipt) => Entry[] | Refusal;

/** Takes the messages of a request, or refuses it; resolves once all of them are durable. */
export type Receive = (request: FastifyRequest, readEntries: ReadEntries) => Promise<Taken | Refusal>;

export type ReceiveOptions = Omit<FanOutOptions, "metrics"> & {
  lookup: Pick<WriteKeyLookup, "find" | "knows">;
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
  const { lookup, knowsConnections, metrics, rules } = options;
  const fanOut = createFanOut(options);
  const limits = createLimits(options.limits ?? { perAddress: 0, perKey: 0 });
  const { bodyMemory = createBodyMemory(), minimumRate = createMinimumRate() } = options;

  /** A body may hold what a rule removes, wherever it stands: then it is no example, nor while the rules are not read. */
  function noteRefused(refused: Parameters<RefusedCallLog["add"]>[0]): void {
    const { body, ...more } = refused;
    const isTreated =
      rules !== undefined &&
      (!rules.areKnown() || refused.route?.connections.some((id) => rules.of(id) !== undefined));
    options.refusedCalls?.add(isTreated ? more : refused);
  }

  async function authenticate(
    request: FastifyRequest,
    writeKey: string | undefined,
    seen: Seen,
  ): Promise<Route | Refusal> {
    const tooMany = limits.refuseUnknownKey(request.ip);
    if (tooMany && !(writeKey !== undefined && lookup.knows(writeKey))) return tooMany;
    const route = writeKey === undefined ? unknownWriteKey : await find(writeKey);
    if (route === unknownWriteKey) limits.countUnknownKey(request.ip);
    if (route instanceof Refusal) return route;
    seen.writeKey = writeKey;
    seen.route = route;
    return refuseOrigin(route, request.headers.origin) ?? route;
  }

  async function find(writeKey: string): Promise<Route | Refusal> {
    try {
      const route = await lookup.find(writeKey);
      return route ?? (knowsConnections() ? unknownWriteKey : unavailable);
    } catch {
      // Redis is away and the key is not in memory. Not 401: the client would throw its messages away.
      return unavailable;
    }
  }

  async function take(
    request: FastifyRequest,
    { route, seen }: { route: Route; seen: Seen },
    { json: body, isSalvaged, bytes, warningsOf }: ReadBody,
    readEntries: ReadEntries,
  ): Promise<Taken | Refusal> {
    const unwanted = unwantedReason(route);
    if (unwanted !== undefined) {
      noteRefused({ status: 200, reason: unwanted, request, ...seen });
      return { known: 0, unchecked: 0, dropped: unwanted };
    }
    const refusal = fanOut.refuse(route, bytes) ?? limits.refuseMessages(route);
    if (refusal) return refusal;
    const receipt = { receivedAt: new Date(), sentAt: request.headers.sentat, warningsOf };
    const entries = readEntries(body, receipt);
    if (entries instanceof Refusal) return entries;
    const from = { source: route.id, ...(route.kind && { kind: route.kind }) };
    for (const entry of entries) entry.from = from;
    if (isSalvaged) {
      for (const entry of entries) if (!entry.cut) entry.salvaged = true;
      for (const id of route.connections) metrics.countSalvaged(id);
      noteRefused({ status: 200, reason: salvaged, request, ...seen });
    }
    limits.countMessages(route, entries.length);
    return fanOut.enqueue(route, { entries, messageIds: readMessageIds(body, entries) });
  }

  /** Read within its owner's share; only then is a write key in the body known. */
  async function receiveBody(
    request: FastifyRequest,
    { known, seen }: { known: Route | undefined; seen: Seen },
    readEntries: ReadEntries,
  ): Promise<Taken | Refusal> {
    const memory = bodyMemory.claim({ address: request.ip, hasKey: known !== undefined });
    const body = await readJson(request.raw, { memory, minimumRate });
    if (body instanceof Refusal) {
      memory.release();
      if (body instanceof UnreadableBody) seen.body = body.text;
      return body;
    }
    seen.body = body.json;
    const taking = async () => {
      const route = known ?? (await authenticate(request, findWriteKeyInBody(body.json), seen));
      return route instanceof Refusal ? route : take(request, { route, seen }, body, readEntries);
    };
    return inTime(taking().finally(memory.release));
  }

  async function receive(
    request: FastifyRequest,
    readEntries: ReadEntries,
    seen: Seen,
  ): Promise<Taken | Refusal> {
    const tooMany = limits.refuseRequest(request.ip);
    if (tooMany) return tooMany;
    const writeKey = findWriteKey(request.headers.authorization, request.query);
    // Before the body may claim memory: clients without a valid key must not block the others.
    const known = writeKey === undefined ? undefined : await authenticate(request, writeKey, seen);
    if (known instanceof Refusal) return known;
    return receiveBody(request, { known, seen }, readEntries);
  }

  return async (request, readEntries) => {
    const seen: Seen = {};
    const received = await receive(request, readEntries, seen);
    if (received instanceof Refusal)
      noteRefused({ status: received.status, reason: received.reason, request, ...seen });
    return received;
  };
}

/** Guards pages, not keys: what is no browser names any origin, or none. */
function refuseOrigin({ kind, origins }: Route, origin: string | undefined): Refusal | undefined {
  if (kind !== "browser" || origins.length === 0 || origin === undefined) return undefined;
  return origins.includes(origin) ? undefined : wrongOrigin;
}

/** Why calls of a source are acknowledged and dropped. */
function unwantedReason({ isPaused, connections }: Route): string | undefined {
  if (isPaused) return sourcePaused;
  return connections.length === 0 ? noConnectionFed : undefined;
}

/** After this timeout the client resends under the same ids, in case the messages were kept. */
function inTime(taking: Promise<Taken | Refusal>): Promise<Taken | Refusal> {
  const { promise, resolve, reject } = Promise.withResolvers<Taken | Refusal>();
  const late = setTimeout(resolve, patience.replyMs, unavailable);
  taking.then(resolve, reject).finally(() => clearTimeout(late));
  return promise;
}
