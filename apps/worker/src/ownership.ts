import type { Connection } from "@customerio-router/connections";
import {
  countWorkers,
  type Lease,
  type Leases,
  leaveWorkers,
  type RedisClient,
} from "@customerio-router/queue";
import type { Pipeline } from "./pipeline.ts";
import { createSignal } from "./signal.ts";

const tickMs = 1_000;
/** A connection that could not be opened is left alone for so long, or until it is saved. */
const retryMs = 30_000;

/** Which connections this process works on: its fair share of all of them. */
export type Ownership = {
  /** The pipeline of a connection, if this process owns it. */
  pipelineOf(connectionId: string): Pipeline | undefined;
  pipelines(): Pipeline[];
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
  onTrouble: (error: unknown) => void;
}): Ownership {
  const { redis, leases, owner, onTrouble } = options;
  const pipelines = new Map<string, Pipeline>();
  const leaving = new Map<string, Promise<void>>();
  const retryAtMs = new Map<string, number>();
  const changed = createSignal();
  let closing = false;

  /** The fair share is at most ceil(connections / processes); the surplus is given up, what nobody has is taken up. */
  async function tick(): Promise<void> {
    const [workers, connections] = await Promise.all([countWorkers(redis, owner), options.connections()]);
    const share = Math.ceil(connections.length / workers);
    const ids = new Set(connections.map(({ id }) => id));
    const kept = [...pipelines.entries()].filter(([id, { lease }]) => ids.has(id) && lease.isHeld());
    const keptIds = new Set(kept.slice(0, share).map(([id]) => id));
    for (const id of pipelines.keys()) if (!keptIds.has(id)) leave(id);
    if (pipelines.size < share) await takeUp(connections, share);
  }

  function leave(connectionId: string): void {
    const pipeline = pipelines.get(connectionId);
    if (!pipeline) return;
    pipelines.delete(connectionId);
    const left = pipeline
      .stop()
      .then(() => pipeline.lease.release())
      .catch(onTrouble)
      .finally(() => leaving.delete(connectionId));
    leaving.set(connectionId, left);
  }

  async function takeUp(connections: Connection[], share: number): Promise<void> {
    const now = performance.now();
    const candidates = connections.filter(
      ({ id }) => !pipelines.has(id) && !leaving.has(id) && (retryAtMs.get(id) ?? 0) <= now,
    );
    const unowned = new Set(await leases.unowned(candidates.map(({ id }) => id)));
    // Each process reaches for them in an order of its own, else all would reach for the same ones.
    const wanted = candidates.filter(({ id }) => unowned.has(id)).sort(() => Math.random() - 0.5);
    for (const connection of wanted) {
      if (pipelines.size >= share || closing) return;
      const lease = await leases.acquire(connection.id);
      if (lease) await open(connection, lease);
    }
  }

  async function open(connection: Connection, lease: Lease): Promise<void> {
    try {
      pipelines.set(connection.id, await options.open(connection, lease));
      retryAtMs.delete(connection.id);
    } catch (error) {
      retryAtMs.set(connection.id, performance.now() + retryMs);
      onTrouble(error);
      await lease.release();
    }
  }

  async function run(): Promise<void> {
    while (!closing) {
      await tick().catch(onTrouble);
      await changed.wait(tickMs);
    }
  }

  const running = run();

  return {
    pipelineOf: (connectionId) => pipelines.get(connectionId),
    pipelines: () => [...pipelines.values()],
    notify(connectionId) {
      if (connectionId === undefined) retryAtMs.clear();
      else retryAtMs.delete(connectionId);
      changed.notify();
    },
    async close() {
      closing = true;
      changed.notify();
      await running;
      for (const id of [...pipelines.keys()]) leave(id);
      await Promise.all(leaving.values());
      await leaveWorkers(redis, owner);
    },
  };
}
