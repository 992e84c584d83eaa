import type { Totals } from "./spool-row.ts";

/** How much a spool holds, counted without asking the disk. */
export type SpoolStock = {
  /** Connections of which it holds something. */
  connections(): string[];
  holds(connectionId: string): boolean;
  /** What it holds of each connection. */
  totals(): Totals[];
  total(): { messages: number; bytes: number; oldestAtMs: number | undefined };
  add(totals: Totals): void;
  /** The remaining rows are no older than `oldestAtMs`; without it their age is unchanged. */
  subtract(less: Omit<Totals, "oldestAtMs"> & { oldestAtMs?: number }): void;
  readonly bytes: number;
  /** Of one connection. */
  bytesOf(connectionId: string): number;
};

export function createSpoolStock(former: Totals[]): SpoolStock {
  const stock = new Map<string, Totals>();
  let bytes = 0;

  function add(more: Totals): void {
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
  former.forEach(add);

  return {
    connections: () => [...stock.keys()],
    holds: (connectionId) => stock.has(connectionId),
    totals: () => [...stock.values()],
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
    bytesOf: (connectionId) => stock.get(connectionId)?.bytes ?? 0,
  };
}
