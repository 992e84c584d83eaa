import { defineScript, goneKey, type RedisClient, statusKey } from "@customerio-router/redis";

/** Attempts without success so far. */
export type Attempts = {
  why: string;
  /** Requests since the last success; those that failed together count once. */
  tries: number;
  /** The first of them, in Unix milliseconds. */
  sinceMs: number;
  /** The next one, in Unix milliseconds. */
  nextTryAtMs: number;
};

/** The last reply of Customer.io to a connection's owner, or why there can be none. */
export type ConnectionStatus =
  | { state: "active" }
  /** Customer.io is away or busy; the worker retries. */
  | ({ state: "retrying" } & Attempts)
  /** Customer.io refuses the keys. */
  | ({ state: "keys-refused" } & Attempts)
  /** A person must correct it: what answers is not the Track API, or every message is rejected. */
  | ({ state: "needs-attention" } & Attempts)
  /** Nothing is sent, by the connection's settings. */
  | { state: "shadow" }
  /** The API key cannot be decrypted, so nothing is sent, and no worker owns the connection. */
  | { state: "no-key"; why: string };

const setStatus = defineScript<number>(
  "writeStatus",
  `if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
   if ARGV[1] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[1]) end
   return 1`,
);

/**
 * `undefined`: nothing has been answered to the connection's keys yet. Leaves nothing of a connection that was deleted.
 */
export async function writeStatus(
  redis: RedisClient,
  connectionId: string,
  status: ConnectionStatus | undefined,
): Promise<void> {
  const keys = [statusKey(connectionId), goneKey(connectionId)];
  await setStatus(redis, keys, [status === undefined ? "" : JSON.stringify(status)]);
}

/** `undefined` until Customer.io has answered. */
export async function readStatus(
  redis: RedisClient,
  connectionId: string,
): Promise<ConnectionStatus | undefined> {
  return parseStatus(await redis.get(statusKey(connectionId)));
}

/** Version 0.1.0 wrote neither tries nor times. */
export function parseStatus(text: string | null): ConnectionStatus | undefined {
  if (text === null) return undefined;
  const status = JSON.parse(text) as ConnectionStatus & { withoutKey?: true };
  if (status.state === "active" || status.state === "shadow" || status.state === "no-key") return status;
  if (status.withoutKey) return { state: "no-key", why: status.why };
  const { state, why, tries = 1, sinceMs = Date.now(), nextTryAtMs = Date.now() } = status;
  return { state, why, tries, sinceMs, nextTryAtMs };
}
