import type { OutgoingHttpHeaders } from "node:http";
import { request } from "node:http";
import { createConnectionStore, startWriteKeyLookup } from "@customerio-router/connections";
import { type Redis, startRedis } from "@customerio-router/fixtures";
import { type Entry, readJobData } from "@customerio-router/messages";
import { createEnqueuer } from "@customerio-router/queue";
import { connectRedis, keyPrefix, queueName } from "@customerio-router/redis";
import { type RefusedCalls, readRefused } from "@customerio-router/reports";
import { createLogger } from "@customerio-router/service";
import { afterAll, beforeAll } from "vitest";
import { createIntake, type IntakeOptions } from "../src/intake.ts";
import { startRefusedCalls } from "../src/refused/refused-calls.ts";

export type Answer = {
  status: number;
  headers: { [name: string]: string | string[] | undefined };
  body: string;
};

type IntakeForTests = AsyncDisposable & {
  url: string;
  port: number;
  writeKey: string;
  /** What it refused of a connection, or without a known write key. */
  refused(connectionId?: string): Promise<RefusedCalls[]>;
  id: string;
  /** What its entries say of the source. */
  from: { source: string; kind: "browser" };
  /** Everything the intake has logged. */
  log(): string;
  /** What stands in the connection's queue, oldest first. */
  entries(): Promise<Entry[]>;
  /** POSTs to a path with the write key as Basic user name, unless the headers say otherwise. */
  post(path: string, body: unknown, headers?: OutgoingHttpHeaders): Promise<Answer>;
};

/** One real Redis for a file of tests. */
export function redisForTests(): { readonly server: Redis } {
  let server: Redis | undefined;
  beforeAll(async () => {
    server = await startRedis({ appendfsync: "no" });
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  return {
    get server() {
      if (!server) throw new Error("Redis runs only while tests do");
      return server;
    },
  };
}

let made = 0;

/** An intake on a free port with a connection of its own. */
export async function startIntake(
  redisServer: Redis,
  options: Partial<
    Pick<
      IntakeOptions,
      | "intakeUrl"
      | "knowsConnections"
      | "limits"
      | "trustProxy"
      | "bodyMemory"
      | "hasRoom"
      | "minimumRate"
      | "keepAliveTimeoutMs"
    >
  > = {},
): Promise<IntakeForTests> {
  await using opening = new AsyncDisposableStack();
  const redis = connectRedis({ url: redisServer.url, profile: "consumer" });
  opening.defer(() => void redis.disconnect());
  const producer = connectRedis({ url: redisServer.url, profile: "producer" });
  opening.defer(() => void producer.disconnect());
  const store = createConnectionStore({ redis: producer, secretKey: "0123456789abcdef0123456789abcdef" });
  made += 1;
  const { id, writeKey } = await createConnectionStore({
    redis,
    secretKey: "0123456789abcdef0123456789abcdef",
  }).ensure({
    name: `Shop ${made}`,
    siteId: "site",
    apiKey: "hunter2-api-key",
    region: "us",
  });
  const lookup = opening.use(startWriteKeyLookup({ store }));
  const enqueuer = createEnqueuer({ redis: producer });
  opening.defer(() => enqueuer.close());
  let log = "";
  const destination = {
    write: (line: string) => {
      log += line;
    },
  };
  const logger = createLogger({ name: "intake", level: "trace", destination });
  const people = { pass: (_id: string, entry: Entry) => entry };
  const refusedCalls = opening.use(startRefusedCalls({ redis: producer, people, writeMs: 50 }));
  const intake = await createIntake({
    refusedCalls,
    logger,
    lookup,
    knowsConnections: () => true,
    enqueuer,
    readiness: () => ({ problems: [] }),
    ...options,
  });
  opening.defer(() => intake.close());
  const url = await intake.listen({ port: 0, host: "127.0.0.1" });
  const opened = opening.move();

  return {
    url,
    port: Number(new URL(url).port),
    writeKey,
    id,
    from: { source: id, kind: "browser" },
    refused: (connectionId) => readRefused(redis, connectionId),
    log: () => log,
    async entries() {
      const key = `${keyPrefix}:${queueName(id)}`;
      const ids = (await redis.lrange(`${key}:wait`, 0, -1)).reverse();
      const jobs = await Promise.all(ids.map((jobId) => redis.hget(`${key}:${jobId}`, "data")));
      return jobs.flatMap((data) => readJobData(JSON.parse(data ?? "")).entries);
    },
    post: (path, body, headers = { authorization: basic(writeKey) }) =>
      send(`${url}${path}`, { method: "POST", body, headers }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

export function basic(writeKey: string): string {
  return `Basic ${Buffer.from(`${writeKey}:`).toString("base64")}`;
}

/** Text and bytes are sent as they are, everything else as JSON; only the headers given are sent. */
export function send(
  url: string,
  { method, body, headers = {} }: { method: string; body?: unknown; headers?: OutgoingHttpHeaders },
): Promise<Answer> {
  const payload = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sending = request(url, { method, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    sending.on("error", reject);
    sending.end(payload);
  });
}

/** The error of an answer that refuses. */
export function errorOf({ body }: Answer): unknown {
  return (JSON.parse(body) as { error: unknown }).error;
}
