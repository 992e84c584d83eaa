import type { Connection } from "@customerio-router/connections";
import {
  type Backend,
  type RedisClient,
  readMemory,
  recordBytes,
  removeCompleted,
  trimFailed,
  trimRecords,
} from "@customerio-router/queue";

const everyMs = 10_000;
/**
 * Above this share of Redis's memory room is made for messages: intake stops adding at 80 %, and a Redis that is full
 * of what is only looked at would never get free again.
 */
const crowdedShare = 0.6;
/** Records are kept for a day, if their size allows. */
const recordsKeptMs = 24 * 60 * 60 * 1000;

/** Keeps what is kept for people within its bounds, for the connections this process owns; the oldest goes first. */
export function keepBounds(options: {
  redis: RedisClient;
  backend: Backend;
  /** For the records of all connections together; 0 keeps none. */
  recordBytes: number;
  connections: () => Promise<Connection[]>;
  owns: (connectionId: string) => boolean;
  /** So many messages that had been rejected are gone for good. */
  onDropped: (connection: Connection, messages: number) => void;
  onTrouble: (error: unknown) => void;
}): Disposable {
  const { redis, backend } = options;

  async function trim(): Promise<void> {
    const connections = await options.connections();
    const sizes = await Promise.all(connections.map(({ id }) => recordBytes(redis, id)));
    const all = sizes.reduce((sum, size) => sum + size, 0);
    // When all have too much together, each gives up the same share of its own.
    const isCrowded = (await readMemory(redis)).usedShare > crowdedShare;
    const share = Math.min(isCrowded ? 0.5 : 1, options.recordBytes / Math.max(all, 1));
    const beforeMs = Date.now() - recordsKeptMs;
    for (const [index, connection] of connections.entries()) {
      const { id, settings } = connection;
      if (!options.owns(id)) continue;
      await trimRecords(redis, id, { beforeMs, bytes: share * (sizes[index] ?? 0) });
      if (isCrowded) await removeCompleted(backend, id);
      const messages = await trimFailed({ redis, backend, connectionId: id, bounds: settings.keepFailed });
      if (messages > 0) options.onDropped(connection, messages);
    }
  }

  let trimming = false;
  const timer = setInterval(async () => {
    if (trimming) return;
    trimming = true;
    await trim().catch(options.onTrouble);
    trimming = false;
  }, everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
