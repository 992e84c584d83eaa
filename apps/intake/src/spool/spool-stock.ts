import type { Standing } from "./spool-row.ts";

/** How much a spool holds, counted without asking the disk. */
export type SpoolStock = {
  /** Connections of which it holds something. */
  connections(): string[];
  holds(connectionId: string): boolean;
  /** What it holds of each connection. */
  standings(): Standing[];
  total(): { messages: number; bytes: number; oldestAtMs: number | undefined };
  add(standing: Standing): void;
  /** What is left is no older than `oldestAtMs`; it is as old as before when that is left out. */
  subtract(less: Omit<Standing, "oldestAtMs"> & { oldestAtMs?: number }): void;
  readonly bytes: number;
};

export function createSpoolStock(standings: Standing[]): SpoolStock {
  const stock = new Map<string, Standing>();
  let bytes = 0;

  function add(more: Standing): void {
    const { connectionId } = more;
    const held = stock.get(connectionId);
    bytes += more.bytes;
    stock.set(connectionId, {
      connectionId,
      messages: more.messages + (held?.messages ?? 0),
      bytes: more.bytes + (held?.bytes ?? 0),
      oldestAtMs: Math.min(more.oldestAtMs, held?.oldestAtMs ?? Number.POSITIVE_INFINITY),
    });
  }
  for (const standing of standings) add(standing);

  return {
    connections: () => [...stock.keys()],
    holds: (connectionId) => stock.has(connectionId),
    standings: () => [...stock.values()],
    total() {
      const held = [...stock.values()];
      return {
        messages: held.reduce((sum, { messages }) => sum + messages, 0),
        bytes,
        oldestAtMs: held.length > 0 ? Math.min(...held.map(({ oldestAtMs }) => oldestAtMs)) : undefined,
      };
    },
    add,
    subtract({ connectionId, messages, bytes: lessBytes, oldestAtMs }) {
      const held = stock.get(connectionId);
      if (!held) return;
      bytes -= lessBytes;
      if (held.messages <= messages) stock.delete(connectionId);
      else {
        stock.set(connectionId, {
          connectionId,
          messages: held.messages - messages,
          bytes: held.bytes - lessBytes,
          oldestAtMs: oldestAtMs ?? held.oldestAtMs,
        });
      }
    },
    get bytes() {
      return bytes;
    },
  };
}
