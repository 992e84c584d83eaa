import { defineScript, goneKey, type RedisClient, statusKey } from "@customerio-router/redis";

/** What its owner says about a connection. */
export type ConnectionStatus =
  | { state: "active" }
  /** Customer.io is away or busy; the worker retries. */
  | {
      state: "retrying";
      why: string;
      /** When it is tried next, in Unix milliseconds. */
      untilMs?: number;
    }
  /** A person must correct it: the keys are rejected, or the server is not the Track API. */
  | {
      state: "needs-attention";
      why: string;
      /** Its API key cannot be decrypted, so nothing was sent. */
      withoutKey?: true;
    };

const setStatus = defineScript<number>(
  "writeStatus",
  `if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
   redis.call('SET', KEYS[1], ARGV[1])
   return 1`,
);

/** Leaves nothing of a connection that was deleted. */
export async function writeStatus(
  redis: RedisClient,
  connectionId: string,
  status: ConnectionStatus,
): Promise<void> {
  const keys = [statusKey(connectionId), goneKey(connectionId)];
  await setStatus(redis, keys, [JSON.stringify(status)]);
}

/** A connection that no worker has owned yet counts as active. */
export async function readStatus(redis: RedisClient, connectionId: string): Promise<ConnectionStatus> {
  const text = await redis.get(statusKey(connectionId));
  return text === null ? { state: "active" } : (JSON.parse(text) as ConnectionStatus);
}
