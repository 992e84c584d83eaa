import { type HeldMessages, readHeldDecisions, type WriteKeyLookup } from "@customerio-router/connections";
import { readDeletedAtMs } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import type { Logger } from "@customerio-router/service";
import type { Spool } from "./spool/spool.ts";

/** How often to read decisions about held messages from Redis. */
const askMs = 1_000;

const forEver = Number.MAX_SAFE_INTEGER;

/** The spooled messages of connections that Redis does not have, and lost connections without messages. */
export function listHeld(
  spool: Pick<Spool, "stock"> | undefined,
  lookup: Pick<WriteKeyLookup, "isRead" | "has" | "missing">,
): HeldMessages[] {
  const totals = lookup.isRead ? (spool?.stock.totals() ?? []) : [];
  const held = totals.filter(({ connectionId }) => !lookup.has(connectionId));
  const empty = lookup
    .missing()
    .filter((id) => !spool?.stock.holds(id))
    .map((connectionId) => ({ connectionId, messages: 0, bytes: 0, oldestAtMs: Date.now() }));
  return [...held, ...empty];
}

export type Held = {
  /**
   * Moves or drops messages as decided, at most once a second. Do not call while jobs that were read are being added.
   */
  resolve(): Promise<void>;
};

/**
 * Holds messages whose connection Redis does not have. They wait until the connection returns, under the same or
 * another id, or until a person decides. Messages of a connection that a person deleted are deleted too.
 */
export function createHeld(options: {
  redis: RedisClient;
  /** Left out: there are no messages, but a person may still give a connection up. */
  spool: Spool | undefined;
  lookup: WriteKeyLookup;
  /** Whether the environment brings the connection back under the same id. */
  mayReturn: (connectionId: string) => boolean;
  logger: Logger;
}): Held {
  const { redis, spool, lookup, mayReturn, logger } = options;
  let asksAt = 0;

  async function assign(connectionId: string, to: string, why: string): Promise<void> {
    const messages = (await spool?.assign(connectionId, to)) ?? 0;
    if (messages > 0)
      logger.warn(
        { connection: connectionId, to, messages, why },
        "assigned spooled messages to another connection",
      );
  }

  async function drop(connectionId: string, untilMs: number, why: string): Promise<void> {
    const messages = (await spool?.drop(connectionId, untilMs)) ?? 0;
    if (messages > 0) logger.warn({ connection: connectionId, messages, why }, "dropped spooled messages");
  }

  async function resolveOne(
    connectionId: string,
    decision: { to: string } | "drop" | undefined,
  ): Promise<void> {
    const movedTo = lookup.movedTo(connectionId);
    const deletedAtMs = await readDeletedAtMs(redis, connectionId);
    if (deletedAtMs !== undefined) {
      // What came later was acknowledged by an intake that had not heard of it.
      const goesOn = movedTo !== undefined || mayReturn(connectionId);
      await drop(connectionId, goesOn ? deletedAtMs : forEver, "their connection was deleted");
      lookup.forget(connectionId);
    }
    if (movedTo !== undefined && lookup.has(movedTo))
      return assign(connectionId, movedTo, "it has their write key now");
    if (decision === undefined) return;
    lookup.forget(connectionId);
    if (decision === "drop") await drop(connectionId, forEver, "a person decided so");
    else if (lookup.has(decision.to)) await assign(connectionId, decision.to, "a person decided so");
  }

  return {
    async resolve() {
      if (performance.now() < asksAt) return;
      asksAt = performance.now() + askMs;
      const held = listHeld(spool, lookup);
      if (held.length === 0) return;
      const decisions = await readHeldDecisions(redis);
      for (const { connectionId } of held) await resolveOne(connectionId, decisions.get(connectionId));
    },
  };
}
