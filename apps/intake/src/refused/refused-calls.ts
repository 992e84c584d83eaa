import type { ErasedPeople, Route } from "@customerio-router/connections";
import { noSource, type RedisClient } from "@customerio-router/redis";
import type { RefusedExample } from "@customerio-router/reports";
import { startRepeating } from "@customerio-router/service";
import type { FastifyRequest } from "fastify";
import { exampleBody, exampleText } from "./example-body.ts";
import { writeRefused } from "./write-refused.ts";

/** How often they are written; a kill -9 loses at most this much. */
const usualWriteMs = 1_000;
/** Sources and reasons that wait to be written while Redis is away; of further ones nothing is kept. */
const maxWaiting = 2_000;

export type Refused = {
  status: number;
  reason: string;
  /** Left out where it was not received as a call. */
  request?: FastifyRequest;
  /** Of the source whose write key the request has; left out: nobody's that is known. */
  route?: Route | undefined;
  writeKey?: string | undefined;
  /** As it was read, or its text if it is no JSON. */
  body?: unknown;
};

/** The requests that one intake refuses, gathered by source and reason, and written once a second. */
export type RefusedCallLog = AsyncDisposable & {
  add(refused: Refused): void;
  /** Resolves once what is being written is: it may have begun before somebody was erased. */
  settled(): Promise<void>;
};

type Waiting = {
  sourceId: string;
  /** Those that the source feeds: people are erased from a connection. */
  connections: readonly string[];
  reason: string;
  requests: number;
  last: { status: number; atMs: number; userAgent?: string };
  /** The first since the last write, so that many refused requests cost little. */
  example?: RefusedExample;
};

export function startRefusedCalls(options: {
  redis: RedisClient;
  people: Pick<ErasedPeople, "pass">;
  writeMs?: number;
}): RefusedCallLog {
  const { redis, people, writeMs = usualWriteMs } = options;
  let waiting = new Map<string, Waiting>();

  function gather(more: Waiting): void {
    const name = `${more.sourceId} ${more.reason}`;
    const known = waiting.get(name);
    if (known === undefined) {
      if (waiting.size < maxWaiting) waiting.set(name, more);
      return;
    }
    known.requests += more.requests;
    if (more.last.atMs >= known.last.atMs) known.last = more.last;
    if (known.example === undefined && more.example !== undefined) known.example = more.example;
  }

  function add(refused: Refused): void {
    const { status, reason, route, writeKey } = refused;
    const atMs = Date.now();
    if (route === undefined) {
      gather({ sourceId: noSource, connections: [], reason, requests: 1, last: { status, atMs } });
      return;
    }
    const agent = refused.request?.headers["user-agent"];
    const userAgent = agent === undefined ? {} : { userAgent: exampleText(agent, writeKey) };
    const last = { status, atMs, ...userAgent };
    const hasExample = waiting.get(`${route.id} ${reason}`)?.example !== undefined;
    const example = hasExample ? {} : { example: { atMs, ...userAgent, ...exampleOf(refused) } };
    const { id: sourceId, connections } = route;
    gather({ sourceId, connections, reason, requests: 1, last, ...example });
  }

  /** Whoever was erased since is in no example. */
  function toPortion({ sourceId, connections, reason, requests, last, example }: Waiting) {
    const entry = { message: example?.body ?? "" };
    const isShown =
      example !== undefined && [sourceId, ...connections].every((id) => people.pass(id, entry) === entry);
    return { reason, requests, last: JSON.stringify(last), example: isShown ? JSON.stringify(example) : "" };
  }

  async function write(): Promise<void> {
    const taken = waiting;
    waiting = new Map();
    const bySource = Map.groupBy(taken.values(), ({ sourceId }) => sourceId);
    const writes = [...bySource].map(async ([sourceId, group]) => {
      try {
        await writeRefused(redis, sourceId, group.map(toPortion));
      } catch {
        // The owner of `redis` logs that it is away; these wait for the next write.
        for (const one of group) gather(one);
      }
    });
    await Promise.all(writes);
  }

  let writing = Promise.resolve();
  const flush = (): Promise<void> => {
    writing = waiting.size === 0 ? Promise.resolve() : write();
    return writing;
  };
  const repeating = startRepeating(writeMs, flush);

  return {
    add,
    settled: () => writing,
    async [Symbol.asyncDispose]() {
      repeating[Symbol.dispose]();
      await writing;
      await flush();
    },
  };
}

function exampleOf({ request, writeKey, body }: Refused): Partial<RefusedExample> {
  const url = request?.routeOptions.url;
  return {
    ...(url !== undefined && { path: url }),
    ...(body !== undefined && { body: exampleBody(body, writeKey) }),
  };
}
