import {
  type Connection,
  type ConnectionInput,
  type ConnectionStore,
  createConnectionStore,
  createSourceStore,
} from "@customerio-router/connections";
import {
  type Account,
  type Child,
  createLedger,
  freePort,
  type Ledger,
  startProcess,
  startRedis,
  temporaryFolder,
  waitFor,
} from "@customerio-router/fixtures";
import { type Entry, messageIdOf } from "@customerio-router/messages";
import { createBackend } from "@customerio-router/queue";
import { connectRedis, type RedisClient, type RedisLocation } from "@customerio-router/redis";
import { readLedger } from "@customerio-router/reports";
import { type Destination, destinationKeys, startDestination } from "./destination.ts";
import type { Target } from "./send.ts";

type Queue = ReturnType<ReturnType<typeof createBackend>["queue"]>;

/** A connection with where it delivers to, and the books of what is sent to it. */
export type Link = Target & {
  connection: Connection;
  destination: Destination;
  /** BullMQ's own view of its queue. */
  queue: Queue;
  ledger: Ledger;
  /** Holds what was acknowledged against what arrived and what stands in the queue. */
  check(): Promise<Account>;
  /** The same once all that was acknowledged came into the queue and nothing waits any more, or after `timeoutMs` (60,000) in any case. */
  checkAtRest(options?: { timeoutMs?: number }): Promise<Account>;
};

/** A process of ours and where it listens. */
export type Service = { process: Child; url: string };

/** An intake, with what its metrics tell. */
export type IntakeService = Service & { spooledMessages(): Promise<number> };

/** A worker, with what its metrics tell. */
export type WorkerService = Service & {
  /** The ids of the connections whose lease it holds. */
  owned(): Promise<string[]>;
  heapBytes(): Promise<number>;
};

/** Any number of connections, intakes and workers on one Redis. */
export type System = AsyncDisposable & {
  client: RedisClient;
  store: ConnectionStore;
  links: Link[];
  /** The folder of all processes: spools and archive. */
  dataDir: string;
  /** What all processes get. */
  environment: Record<string, string>;
  /** Again on the same port, once the former one has ended; or on `INTAKE_PORT`. */
  startIntake(environment?: Record<string, string>, checkout?: string): Promise<IntakeService>;
  startWorker(environment?: Record<string, string>, checkout?: string): Promise<WorkerService>;
};

/** What an account is that nothing happened to; the counts apart. */
export const clean = { lost: [], outOfOrder: [], twoBodies: [], doubled: [], waiting: 0, rejected: 0 };

export const secretKey = "a secret key of at least 32 characters";

export async function openSystem(
  options: {
    /** How many; default 1. */
    connections?: number;
    /** The source of the first one feeds all of them: they share the books of what is sent. */
    isFannedOut?: boolean;
    settings?: ConnectionInput["settings"];
    /** How long a destination takes over each request. */
    latencyMs?: number;
    /** By how much a request may be taken after those that were sent later. */
    unevenMs?: number;
    /** A Redis or a cluster of the caller's own; one that fsyncs always without it. */
    redis?: RedisLocation;
    /** What all processes get besides. */
    environment?: Record<string, string>;
    /** What makes the connections: of another version, say. */
    createStore?: typeof createConnectionStore;
  } = {},
): Promise<System> {
  const { connections = 1, isFannedOut = false, settings, latencyMs = 0, unevenMs = 0 } = options;
  const shared = isFannedOut ? createLedger() : undefined;
  await using opening = new AsyncDisposableStack();
  const redis: RedisLocation = options.redis ?? opening.use(await startRedis());
  const client = connectRedis({ ...redis, profile: "consumer" });
  opening.defer(() => client.disconnect());
  const { createStore = createConnectionStore } = options;
  const store = createStore({ redis: client, secretKey, allowCustomTrackUrl: true });
  const backend = createBackend(client);
  const intakePort = await freePort();
  const intakeUrl = `http://127.0.0.1:${intakePort}`;
  const folder = opening.use(await temporaryFolder());
  const environment = {
    REDIS_URL: redis.url,
    SECRET_KEY: secretKey,
    ALLOW_CUSTOM_TRACK_URL: "true",
    DATA_DIR: folder.path,
    ...options.environment,
  };

  async function openLink(name: string): Promise<Link> {
    const destination = opening.use(await startDestination({ latencyMs, unevenMs }));
    const saved = await store.create({
      name,
      ...destinationKeys,
      region: "us",
      trackUrl: destination.url,
      settings: { limiter: { max: 1_000, duration: 1_000 }, ...settings },
    });
    if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
    const { connection } = saved;
    const queue = backend.queue(connection.id);
    const ledger = shared ?? createLedger();
    const check = async () => ledger.check({ arrived: destination.arrived, ...(await readQueue(queue)) });
    const checkAtRest = async ({ timeoutMs = 60_000 } = {}) => {
      // Acknowledged messages may still be in the spool of an intake, and the queue empty.
      const isAtRest = async () => {
        const { total } = await readLedger(client, connection.id, { by: "day" });
        return total.received >= ledger.acked && (await countUnsettled(queue)) === 0;
      };
      await waitFor(isAtRest, { what: "the queue to be empty", timeoutMs, pollMs: 50 }).catch(() => {});
      return await check();
    };
    return {
      connection,
      destination,
      queue,
      ledger,
      check,
      checkAtRest,
      intakeUrl,
      writeKey: connection.writeKey,
    };
  }

  const links: Link[] = [];
  for (let index = 0; index < connections; index++) links.push(await openLink(`Shop ${index}`));
  if (isFannedOut) {
    const sources = createSourceStore(client);
    const [first] = links as [Link];
    await sources.update(first.connection.id, { connections: links.map(({ connection }) => connection.id) });
  }
  // Ends before what it uses does.
  const services = opening.use(new AsyncDisposableStack());
  // A worker that stops would wait for its requests.
  opening.defer(() => {
    for (const { destination } of links) destination.hangUp();
  });
  const opened = opening.move();

  async function start(
    app: "intake" | "worker",
    env: Record<string, string>,
    checkout: string | undefined,
  ): Promise<Service> {
    const process = services.use(
      await startProcess({
        entry: `apps/${app}/src/main.ts`,
        checkout,
        env: { ...environment, ...env },
        ready: /"msg":"listening"/,
      }),
    );
    const [, url = ""] = /"url":"([^"]+)"/.exec(process.output) ?? [];
    return { process, url };
  }

  return {
    client,
    store,
    links,
    dataDir: folder.path,
    environment,
    async startIntake(env = {}, checkout?: string) {
      const intake = await start("intake", { INTAKE_PORT: String(intakePort), ...env }, checkout);
      // One that knows no write key yet asks callers to send again.
      await waitFor(() => isReady(intake), {
        what: () => `the intake to be ready: ${intake.process.output}`,
      });
      const spooled = /^customerio_router_spool_messages (\d+)$/gm;
      return { ...intake, spooledMessages: async () => Number((await readMetrics(intake.url, spooled))[0]) };
    },
    async startWorker(env = {}, checkout?: string) {
      const worker = await start("worker", { WORKER_PORT: "0", ...env }, checkout);
      const read = (pattern: RegExp) => readMetrics(worker.url, pattern);
      return {
        ...worker,
        owned: () => read(/^customerio_router_lease_held\{connection="(\w+)"\} 1$/gm),
        heapBytes: async () => Number((await read(/^nodejs_heap_size_used_bytes (\S+)$/gm))[0]),
      };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function countUnsettled(queue: Queue): Promise<number> {
  return await queue.getJobCountByTypes("waiting", "active", "delayed", "prioritized");
}

async function isReady({ url }: Service): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`);
  await answer.body?.cancel();
  return answer.ok;
}

async function readMetrics(serviceUrl: string, pattern: RegExp): Promise<string[]> {
  const metrics = await (await fetch(`${serviceUrl}/metrics`)).text();
  return [...metrics.matchAll(pattern)].map(([, value]) => value as string);
}

/** The ids of the messages that wait, and of those that were rejected. */
async function readQueue(queue: Queue): Promise<{ waiting: string[]; rejected: string[] }> {
  const unsettled = await queue.getJobs(["waiting", "active", "delayed", "prioritized"]);
  const failed = await queue.getJobs(["failed"]);
  return {
    waiting: unsettled.flatMap(({ data }) => idsOf(data.entries)),
    rejected: [
      ...failed.flatMap(({ data }) => idsOf(data.entries)),
      ...unsettled.flatMap(({ data }) => idsOf(data.rejected)),
    ],
  };
}

function idsOf(entries: Entry[] = []): string[] {
  return entries.map(({ message }) => messageIdOf(message));
}
