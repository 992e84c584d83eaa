import type { Connection } from "@customerio-router/connections";
import { dropEvents, dropFormerRecords, trimFailed } from "@customerio-router/queue";
import { crowdedShare, type RedisClient, readFullestNode } from "@customerio-router/redis";
import { packDays, recordBytesOf, trimRecords } from "@customerio-router/reports";
import { startRepeating } from "@customerio-router/service";

const everyMs = 2_000;
/** An idle connection is seen to in every thirtieth round: a thousand of them would be most of what an idle worker does. */
const roundsOfIdle = 30;
/** Records are kept for a day, if their size allows. */
const recordsKeptMs = 24 * 60 * 60 * 1000;

export type BoundsKeeper = Disposable & {
  /** Jobs of this connection may have been completed. */
  notify(connectionId: string): void;
};

/** Keeps what is kept for people within its bounds, for the connections this process owns; the oldest goes first. */
export function startKeepingBounds(options: {
  redis: RedisClient;
  /** For the records of all connections together, now; 0 keeps none. */
  recordBytes: () => number;
  /** Called with the number of messages whose records were removed to make room. */
  onUnrecorded: (connection: Connection, messages: number) => void;
  connections: () => Promise<Connection[]>;
  owns: (connectionId: string) => boolean;
  /** Called with the number of rejected messages that were removed. */
  onDropped: (connection: Connection, messages: number) => void;
  onError: (error: unknown) => void;
}): BoundsKeeper {
  const { redis } = options;
  /** Connections of which something was settled since their last round. */
  const busy = new Set<string>();
  /** Connections that have nothing left of an earlier version. */
  const upgraded = new Set<string>();
  let round = 0;

  async function trim(): Promise<void> {
    const connections = await options.connections();
    const sizes = await recordBytesOf(
      redis,
      connections.map(({ id }) => id),
    );
    const all = sizes.reduce((sum, size) => sum + size, 0);
    // When all have too much together, each gives up the same share of its own.
    const isCrowded = (await readFullestNode(redis)).usedShare > crowdedShare;
    const share = Math.min(isCrowded ? 0.5 : 1, options.recordBytes() / Math.max(all, 1));
    const beforeMs = Date.now() - recordsKeptMs;
    const isRoundOfAll = isCrowded || round % roundsOfIdle === 0;
    round += 1;
    for (const [index, connection] of connections.entries()) {
      const { id, settings } = connection;
      if (!options.owns(id) || !(isRoundOfAll || busy.delete(id))) continue;
      // What came since the sizes were read is no reason to remove anything.
      const bytes = share < 1 ? share * (sizes[index] ?? 0) : Number.MAX_SAFE_INTEGER;
      const unrecorded = await trimRecords(redis, id, { beforeMs, bytes });
      if (unrecorded > 0) options.onUnrecorded(connection, unrecorded);
      await dropEvents(redis, id);
      if (!upgraded.has(id)) await dropFormerRecords(redis, id);
      upgraded.add(id);
      await packDays(redis, id);
      const messages = await trimFailed({ redis, connectionId: id, bounds: settings.keepFailed });
      if (messages > 0) options.onDropped(connection, messages);
    }
  }

  const opened = new DisposableStack();
  opened.use(startRepeating(everyMs, () => trim().catch(options.onError)));
  return {
    notify(connectionId) {
      busy.add(connectionId);
    },
    [Symbol.dispose]: () => opened.dispose(),
  };
}
