import { type RedisClient, sessionsKey } from "@customerio-router/redis";
import type { Logger } from "@customerio-router/service";
import type { Role } from "./session.ts";

/** Somebody who is logged in, for others to see. */
export type ListedSession = {
  id: string;
  user: string;
  role: Role;
  /** The address that logged in. */
  from: string;
  startedAtMs: number;
  untilMs: number;
};

export type SessionList = {
  add(session: ListedSession): Promise<void>;
  remove(id: string): Promise<void>;
  /** Those that are not over, newest first. */
  read(): Promise<ListedSession[]>;
};

/** In Redis, for all dashboards. A session that Redis could not take is good all the same, and is missing in the list. */
export function createSessionList({ redis, logger }: { redis: RedisClient; logger: Logger }): SessionList {
  async function read(): Promise<ListedSession[]> {
    const texts = await redis.hvals(sessionsKey);
    const all = texts.map((text) => JSON.parse(text) as ListedSession);
    const over = all.filter(({ untilMs }) => untilMs <= Date.now());
    if (over.length > 0) await redis.hdel(sessionsKey, ...over.map(({ id }) => id));
    return all
      .filter((session) => !over.includes(session))
      .sort((one, other) => other.startedAtMs - one.startedAtMs);
  }

  async function attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      logger.warn({ err: error }, "the list of sessions is not up to date, because Redis did not store it");
    }
  }

  return {
    read,
    add: (session) => attempt(() => redis.hset(sessionsKey, session.id, JSON.stringify(session))),
    remove: (id) => attempt(() => redis.hdel(sessionsKey, id)),
  };
}
