import { hostname } from "node:os";
import type { Connection } from "@customerio-router/connections";
import { countWorkers, type Lease, type Leases, leaveWorkers } from "@customerio-router/queue";
import { formatVersion, type RedisClient } from "@customerio-router/redis";
import worker from "../../package.json" with { type: "json" };
import type { Pipeline } from "../delivery/pipeline.ts";
import { createSignal } from "../signal.ts";
import { createClaims } from "./claims.ts";
import { createConnectionRetries } from "./connection-retries.ts";
import { fairShare } from "./fair-share.ts";
import { createOwnedPipelines } from "./owned-pipelines.ts";

const tickMs = 1_000;

/** What is said of this process where the workers that are alive are listed. */
const about = { version: worker.version, format: formatVersion, host: hostname(), pid: process.pid };

/** Which connections this process works on: its fair share of all of them. */
export type Ownership = {
  /** The pipeline of a connection, if this process owns it. */
  pipelineOf(connectionId: string): Pipeline | undefined;
  pipelines(): Pipeline[];
  start(): void;
  /** The connections have changed: looks at them now. Without an id, any may have changed. */
  notify(connectionId?: string): void;
  /** Does the work while nothing of a connection is in hand, under its lease. False when this process does not own it. */
  suspend(connectionId: string, work: () => Promise<void>): Promise<boolean>;
  /** Whether the connection's pipeline is stopped for such work. */
  isSuspended(connectionId: string): boolean;
  /** Gives up everything, in order. */
  close(): Promise<void>;
};

export function createOwnership(options: {
  redis: RedisClient;
  leases: Leases;
  /** The name this process has among the workers. */
  owner: string;
  connections: () => Promise<Connection[]>;
  open: (connection: Connection, lease: Lease) => Promise<Pipeline>;
  /** Updates a pipeline to its saved connection. */
  refresh: (pipeline: Pipeline, connection: Connection) => Promise<void>;
  /** The connections of these whose rules are no longer the stored ones. */
  findOldRules: (pipelines: readonly Pipeline[]) => Promise<string[]>;
  /** `connectionId` where it is about one of them. */
  onError: (error: unknown, connectionId?: string) => void;
}): Ownership {
  const { redis, leases, owner, open, onError } = options;
  const retries = createConnectionRetries(onError);
  const owned = createOwnedPipelines(onError);
  const closing = new AbortController();
  const claims = createClaims({ leases, owned, retries, open, signal: closing.signal });
  const changed = createSignal();
  const suspended = new Set<string>();
  let workersBefore = 0;
  let running: Promise<void> | undefined;

  /** The connections as they were when every pipeline was found to be of them. */
  let upToDate: Connection[] | undefined;

  /** @returns whether there is more to do at once */
  async function tick(): Promise<boolean> {
    const [workers, connections] = await Promise.all([
      countWorkers(redis, owner, about),
      options.connections(),
    ]);
    if (workers !== workersBefore) owned.endAdoptions();
    workersBefore = workers;
    const share = fairShare(connections.length, workers);
    const byId = new Map(connections.map((connection) => [connection.id, connection]));
    owned.giveUpSurplus(share, (connectionId) => byId.has(connectionId));
    await renewRules();
    const claimed = await claims.claim(connections, share);
    if (upToDate !== connections) {
      // What is suspended is opened again as it was.
      const areAll = suspended.size === 0;
      upToDate = (await refresh(byId)) && areAll ? connections : undefined;
    }
    return claimed === "more";
  }

  /** New rules bind what is in hand too: it goes back to the queue, and is taken and mapped again. */
  async function renewRules(): Promise<void> {
    for (const connectionId of await options.findOldRules(owned.all())) {
      // Requests under way may take long, and other connections do not wait for them.
      suspend(connectionId, async () => {}).catch((error) => onError(error, connectionId));
    }
  }

  async function suspend(connectionId: string, work: () => Promise<void>): Promise<boolean> {
    if (suspended.has(connectionId)) return false;
    suspended.add(connectionId);
    try {
      return await owned.suspend(connectionId, work, ({ connection, lease }) => open(connection, lease));
    } finally {
      suspended.delete(connectionId);
    }
  }

  /** A notification can be lost, so every round compares with what is saved. @returns whether all are as saved */
  async function refresh(byId: ReadonlyMap<string, Connection>): Promise<boolean> {
    let areAll = true;
    for (const pipeline of owned.all()) {
      const { id, updatedAt } = pipeline.connection;
      const connection = byId.get(id);
      if (!connection || connection.updatedAt === updatedAt) continue;
      const isRefreshed =
        retries.isDue(id) && (await retries.attempt(id, () => options.refresh(pipeline, connection)));
      areAll &&= isRefreshed;
    }
    return areAll;
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      const areMore = await tick().catch((error) => onError(error));
      if (!areMore) await changed.wait(tickMs);
    }
  }

  return {
    pipelineOf: (connectionId) => owned.get(connectionId),
    pipelines: () => owned.all(),
    start() {
      running ??= run();
    },
    notify(connectionId) {
      retries.reset(connectionId);
      changed.notify();
    },
    suspend,
    isSuspended: (connectionId) => suspended.has(connectionId),
    async close() {
      closing.abort();
      changed.notify();
      await running;
      await owned.close();
      // Without Redis its presence expires after 4 s.
      await leaveWorkers(redis, owner).catch((error) => onError(error));
    },
  };
}
