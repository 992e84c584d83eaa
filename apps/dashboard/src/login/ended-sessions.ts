import { endedSessionKey, isReady, type RedisClient } from "@customerio-router/redis";
import type { Logger } from "@customerio-router/service";

type EndedSessions = {
  add(session: { id: string; untilMs: number }): Promise<void>;
  has(id: string): Promise<boolean>;
};

/**
 * The sessions that were logged out before their time, for as long as their cookies would be good: in memory, and in Redis
 * for the other dashboards and the next start. Without Redis memory alone answers, so that nobody is locked out.
 */
export function createEndedSessions({
  redis,
  logger,
}: {
  redis: RedisClient;
  logger: Logger;
}): EndedSessions {
  const untilById = new Map<string, number>();

  return {
    async add({ id, untilMs }) {
      const nowMs = Date.now();
      for (const [old, oldUntilMs] of untilById) if (oldUntilMs <= nowMs) untilById.delete(old);
      untilById.set(id, untilMs);
      try {
        await redis.set(endedSessionKey(id), "1", "PX", untilMs - nowMs);
      } catch (error) {
        logger.warn(
          { err: error },
          "the session ended only on this dashboard, because Redis did not store it: change the password to end it everywhere",
        );
      }
    },
    async has(id) {
      if (untilById.has(id)) return true;
      if (!isReady(redis)) return false;
      try {
        return (await redis.exists(endedSessionKey(id))) === 1;
      } catch (error) {
        logger.warn(
          { err: error },
          "cannot know whether the session ended on another dashboard, because Redis did not answer",
        );
        return false;
      }
    },
  };
}
