import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import type { Connection } from "@customerio-router/connections";
import { messageIdOf, readJobData } from "@customerio-router/messages";
import type { Queue } from "bullmq";
import type { BasePath } from "../base-path.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { hideWriteKeys } from "./hide-write-keys.ts";

/** A connection's queue as Bull Board knows it: by the connection's name, in its menu and its paths alike. */
export class ConnectionQueueAdapter extends BullMQAdapter {
  /** A completed job is the record of what was delivered. */
  override readonly allowCompletedRetries = false;
  readonly connectionId: string;
  readonly #name: string;
  readonly #queue: Queue;

  constructor(
    connection: Pick<Connection, "id" | "name">,
    queue: Queue,
    { privacy, basePath }: { privacy: Privacy; basePath: BasePath },
  ) {
    super(queue, {
      displayName: connection.name,
      externalJobUrl: ({ data }) => {
        const { displayText, path } = messageLink(connection, data);
        return { displayText, href: basePath.addTo(path) };
      },
    });
    this.connectionId = connection.id;
    this.#name = boardName(connection);
    this.#queue = queue;
    this.setFormatter("data", (data) => privacy.maskJobData(hideWriteKeys(data)));
  }

  /** Removes all jobs that nobody works on. BullMQ's own way would take the messages out of the ledger. */
  override async obliterate(): Promise<void> {
    await this.#queue.drain(true);
    for (const state of ["failed", "completed"] as const) await this.#queue.clean(0, 0, state);
  }

  override getName(): string {
    return this.#name;
  }
}

/** From a job back to its message; to the page of all messages where it has several or none. */
function messageLink({ id }: Pick<Connection, "id">, data: unknown): { displayText: string; path: string } {
  const messageIds = readJobData(data)
    .entries.map(({ message }) => messageIdOf(message))
    .filter((messageId) => messageId !== "");
  const [messageId] = messageIds;
  return messageIds.length === 1 && messageId !== undefined
    ? { displayText: "Message", path: `/message?${new URLSearchParams({ connection: id, id: messageId })}` }
    : { displayText: "Messages", path: `/messages?${new URLSearchParams({ connection: id })}` };
}

/** Where Bull Board shows the queue of a connection. */
export function boardPath(connection: Pick<Connection, "id" | "name">): string {
  return `/queues/queue/${encodeURIComponent(boardName(connection))}`;
}

/** Where Bull Board shows one job. */
export function jobPath(connection: Pick<Connection, "id" | "name">, jobId: string): string {
  return `${boardPath(connection)}/${encodeURIComponent(jobId)}`;
}

/**
 * The connection's name, but where it holds what Bull Board's paths cannot: it decodes them twice (`%`), takes slashes
 * apart, and browsers fold away dots. Then the id keeps it unique.
 */
function boardName({ id, name }: Pick<Connection, "id" | "name">): string {
  const safe = name.replace(/[%/\\]/g, "-");
  return safe === name && !/^\.+$/.test(name) ? name : `${safe} (${id})`;
}
