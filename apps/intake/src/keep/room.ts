import type { Spool } from "./spool/spool.ts";

/** All connections over their bounds may fill this share of the spool, in equal parts; the rest is for when Redis is away. */
const share = 1 / 2;

/** After this long without being over its bound a connection has no part. */
const forgetAfterMs = 60_000;

export type Room = {
  /** Whether as much waits for the connection in Redis as may. */
  isOver(connectionId: string): boolean;
  /** Whether Redis, or the connection's part of the spool, has room for so many bytes. */
  hasFor(connectionId: string, bytes: number): boolean;
};

/** Where the messages of a connection go that has as much waiting in Redis as it may: into its part of the spool. */
export function createRoom(options: {
  isOver: (connectionId: string) => boolean;
  spool: Pick<Spool, "stock" | "maxBytes"> | undefined;
}): Room {
  const { isOver, spool } = options;
  /** Connections over their bounds, with the time when they were seen so last. */
  const over = new Map<string, number>();

  function partBytes(): number {
    const nowMs = performance.now();
    for (const [id, seenMs] of over) if (nowMs - seenMs > forgetAfterMs) over.delete(id);
    return ((spool?.maxBytes ?? 0) * share) / Math.max(1, over.size);
  }

  return {
    isOver,
    hasFor(connectionId, bytes) {
      if (!isOver(connectionId)) return true;
      over.set(connectionId, performance.now());
      return spool !== undefined && spool.stock.bytesOf(connectionId) + bytes <= partBytes();
    },
  };
}
