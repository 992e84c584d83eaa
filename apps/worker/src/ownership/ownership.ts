import type { Connection } from "@customerio-router/connections";
import { countWorkers, type Lease, type Leases, leaveWorkers } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import type { Pipeline } from "../delivery/pipeline.ts";
import { createSignal } from "../signal.ts";
import { createOrphans } from "./orphans.ts";
import { createRetries } from "./retries.ts";

const tickMs = 1_000;
/** A process that has its share looks for orphans this often: it costs a command for each connection. */
const lookForOrphansMs = 2_500;

/** Which connections this process works on: its fair share of all of them. */
export type Ownership = {
  /** The pipeline of a connection, if this process owns it. */
  pipelineOf(connectionId: string): Pipeline | undefined;
  pipelines(): Pipeline[];
  start(): void;
  /** The connections have changed: looks at them now. Without an id, any may have changed. */
  notify(connectionId?: string): void;
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
  /** Has a pipeline go on with its connection as it was saved. */
  refresh: (pipeline: Pipeline, connection: Connection) => Promise<void>;
  /** `connectionId` where it is about one of them. */
  onError: (error: unknown, connectionId?: string) => void;
}): Ownership {
  const { redis, leases, owner, onError } = options;
  const pipelines = new Map<string, Pipeline>();
  const leaving = new Map<string, Promise<void>>();
  const retries = createRetries(onError);
  const orphans = createOrphans();
  const changed = createSignal();
  let closing = false;

  /** Those taken up beyond the share, which stay until the number of workers changes. */
  const adopted = new Set<string>();
  let workersBefore = 0;
  let lookedAtMs = Number.NEGATIVE_INFINITY;

  /** The fair share is at most ceil(connections / processes); the surplus is given up, what nobody has is taken up. */
  async function tick(): Promise<void> {
    const [workers, connections] = await Promise.all([countWorkers(redis, owner), options.connections()]);
    if (workers !== workersBefore) adopted.clear();
    workersBefore = workers;
    const share = Math.ceil(connections.length / workers);
    const byId = new Map(connections.map((connection) => [connection.id, connection]));
    const kept = [...pipelines].filter(([id, { lease }]) => byId.has(id) && lease.isHeld());
    const inShare = kept.filter(([id]) => !adopted.has(id)).slice(0, share);
    const keptIds = new Set([...inShare.map(([id]) => id), ...adopted]);
    for (const id of pipelines.keys()) if (!keptIds.has(id)) leave(id);
    await takeUp(connections, share);
    await refresh(byId);
  }

  /** A notification of a change may get lost: what was saved is compared each time. */
  async function refresh(byId: ReadonlyMap<string, Connection>): Promise<void> {
    for (const [id, pipeline] of pipelines) {
      const connection = byId.get(id);
      if (!connection || connection.updatedAt === pipeline.connection.updatedAt || !retries.isDue(id))
        continue;
      await retries.attempt(id, () => options.refresh(pipeline, connection));
    }
  }

  function leave(connectionId: string): void {
    const pipeline = pipelines.get(connectionId);
    if (!pipeline) return;
    pipelines.delete(connectionId);
    adopted.delete(connectionId);
    const left = pipeline
      .stop()
      .then(() => pipeline.lease.release())
      .catch((error) => onError(error, connectionId))
      .finally(() => leaving.delete(connectionId));
    leaving.set(connectionId, left);
  }

  async function takeUp(connections: Connection[], share: number): Promise<void> {
    const now = performance.now();
    if (isFull(share) && now - lookedAtMs < lookForOrphansMs) return;
    lookedAtMs = now;
    const candidates = connections.filter(({ id }) => !pipelines.has(id) && !leaving.has(id));
    const unowned = new Set(await leases.unowned(candidates.map(({ id }) => id)));
    orphans.see(unowned);
    // Each process reaches for them in an order of its own, else all would reach for the same ones.
    const wanted = candidates
      .filter(({ id }) => unowned.has(id) && retries.isDue(id))
      .sort(() => Math.random() - 0.5);
    for (const connection of wanted) {
      const beyondShare = isFull(share);
      if (closing || (beyondShare && !orphans.has(connection.id))) continue;
      const lease = await leases.acquire(connection.id);
      if (lease && (await open(connection, lease)) && beyondShare) adopted.add(connection.id);
    }
  }

  function isFull(share: number): boolean {
    return pipelines.size - adopted.size >= share;
  }

  async function open(connection: Connection, lease: Lease): Promise<boolean> {
    const isOpen = await retries.attempt(connection.id, async () => {
      pipelines.set(connection.id, await options.open(connection, lease));
    });
    if (!isOpen) await lease.release();
    return isOpen;
  }

  async function run(): Promise<void> {
    while (!closing) {
      await tick().catch((error) => onError(error));
      await changed.wait(tickMs);
    }
  }

  let running: Promise<void> | undefined;

  return {
    pipelineOf: (connectionId) => pipelines.get(connectionId),
    pipelines: () => [...pipelines.values()],
    start() {
      running ??= run();
    },
    notify(connectionId) {
      retries.reset(connectionId);
      changed.notify();
    },
    async close() {
      closing = true;
      changed.notify();
      await running;
      for (const id of [...pipelines.keys()]) leave(id);
      await Promise.all(leaving.values());
      // Without Redis nobody counts it for longer than 4 s.
      await leaveWorkers(redis, owner).catch((error) => onError(error));
    },
  };
}
