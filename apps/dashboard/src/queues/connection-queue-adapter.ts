import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import type { Connection } from "@customerio-router/connections";
import type { Queue } from "bullmq";
import { hideWriteKeys } from "./hide-write-keys.ts";

/** A connection's queue as Bull Board knows it: by the connection's name, in its menu and its paths alike. */
export class ConnectionQueueAdapter extends BullMQAdapter {
  readonly #name: string;

  constructor(connection: Pick<Connection, "id" | "name">, queue: Queue) {
    super(queue, { displayName: connection.name });
    this.#name = boardName(connection);
    this.setFormatter("data", hideWriteKeys);
  }

  override getName(): string {
    return this.#name;
  }
}

/** Where Bull Board shows the queue of a connection. */
export function boardPath(connection: Pick<Connection, "id" | "name">): string {
  return `/queues/queue/${encodeURIComponent(boardName(connection))}`;
}

/**
 * The connection's name, but where it holds what Bull Board's paths cannot: it decodes them twice (`%`), takes slashes
 * apart, and browsers fold away dots. Then the id keeps it unique.
 */
function boardName({ id, name }: Pick<Connection, "id" | "name">): string {
  const safe = name.replace(/[%/\\]/g, "-");
  return safe === name && !/^\.+$/.test(name) ? name : `${safe} (${id})`;
}
