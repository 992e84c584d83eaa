import type { IntakeRules, Route } from "@customerio-router/connections";
import type { Entry } from "@customerio-router/messages";
import { ConnectionGoneError, type Enqueuer, QueueUnavailableError } from "@customerio-router/queue";
import { treatEntry } from "@customerio-router/rules";
import type { IntakeMetrics } from "../intake-metrics.ts";
import { backlogFull, type Refusal, unavailable, unknownWriteKey } from "./refusal.ts";

/**
 * What the intake took of a request, without what it rejected. `known`: messages that every connection had before.
 * `unchecked`: messages that may be known. Those in the spool are compared with the known ones when they leave it.
 */
export type Taken = {
  known: number;
  unchecked: number;
  /** Why nothing was kept, though the request is acknowledged: the source is paused, or feeds no connection. */
  dropped?: string;
};

export type FanOutOptions = {
  enqueuer: Pick<Enqueuer, "enqueue">;
  /** False while a connection is still to be made: until then none counts as deleted. */
  knowsConnections: () => boolean;
  /** Whether a connection, or its part of the spool, has room for so many bytes. Left out: always. */
  hasRoom?: ((connectionId: string, bytes: number) => boolean) | undefined;
  /** Hash and remove before anything is kept. Left out: there are none. */
  rules?: Pick<IntakeRules, "areKnown" | "of"> | undefined;
  metrics: Pick<IntakeMetrics, "countReceived" | "countEnqueued">;
};

type Messages = { entries: Entry[]; messageIds: (string | undefined)[] };

/** Keeps the messages of a source for each of its connections. */
export type FanOut = {
  /** Asked for all connections before the first one is written to, so that a refusal leaves nothing half-kept. */
  refuse(route: Route, bytes: number): Refusal | undefined;
  /**
   * Resolves once every connection has the messages. Connections that were deleted meanwhile count no more.
   *
   * @returns how many were known; or a refusal where one of them could not be written to: the others may have the messages, and know them by their
   * ids when they come again.
   */
  enqueue(route: Route, messages: Messages): Promise<Taken | Refusal>;
};

export function createFanOut(options: FanOutOptions): FanOut {
  const { enqueuer, knowsConnections, hasRoom = () => true, rules, metrics } = options;

  async function enqueueFor(connectionId: string, { entries, messageIds }: Messages): Promise<Result> {
    metrics.countReceived(connectionId, entries);
    const own = rules?.of(connectionId);
    const kept = own === undefined ? entries : entries.map((entry) => treatEntry(entry, own));
    try {
      const isKnown = entries.length > 0 ? await enqueuer.enqueue(connectionId, kept, messageIds) : [];
      metrics.countEnqueued(connectionId, entries);
      return isKnown;
    } catch (error) {
      if (error instanceof QueueUnavailableError) return "unavailable";
      if (error instanceof ConnectionGoneError) return "gone";
      throw error;
    }
  }

  return {
    refuse({ connections }, bytes) {
      if (rules?.areKnown() === false) return unavailable;
      return connections.every((id) => hasRoom(id, bytes)) ? undefined : backlogFull;
    },

    async enqueue({ connections }, messages) {
      const results = await Promise.all(connections.map((id) => enqueueFor(id, messages)));
      if (results.includes("unavailable")) return unavailable;
      const kept = results.filter((result) => typeof result === "object");
      if (kept.length > 0) return countKnown(messages.entries, kept);
      // Deleted since its write key was looked up.
      return knowsConnections() ? unknownWriteKey : unavailable;
    },
  };
}

/** Kept: of each message, whether it was known. */
type Result = Known[] | "gone" | "unavailable";
type Known = boolean | undefined;

/** @param perConnection whether each of the entries was known to it */
function countKnown(entries: readonly Entry[], perConnection: readonly Known[][]): Taken {
  const taken: Taken = { known: 0, unchecked: 0 };
  for (const [index, { rejected }] of entries.entries()) {
    if (rejected !== undefined || perConnection.some((isKnown) => isKnown[index] === false)) continue;
    taken[perConnection.every((isKnown) => isKnown[index]) ? "known" : "unchecked"] += 1;
  }
  return taken;
}
