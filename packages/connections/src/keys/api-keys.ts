import { connectionKeys, type RedisClient } from "@customerio-router/redis";
import { type ApiKeySeal, createApiKeySeal, SecretKeyError } from "./api-key-seal.ts";

export type ApiKeys = {
  /** @throws SecretKeyError without SECRET_KEY */
  seal(id: string, apiKey: string): string;
  /** @throws SecretKeyError when none is known, SECRET_KEY is missing, or is another than the one that encrypted it */
  of(id: string): Promise<string>;
  /**
   * What of an API key from the environment is to be stored: nothing when it already is, since sealing it anew on each start
   * would be a change on each start; nothing without SECRET_KEY either, then it is held in memory.
   */
  toStore(id: string, apiKey: string): Promise<string | undefined>;
};

/** The API keys of all connections: sealed in Redis, or from this process's environment. */
export function createApiKeys({
  redis,
  secretKey,
}: {
  redis: RedisClient;
  secretKey: string | undefined;
}): ApiKeys {
  const seal = secretKey === undefined ? undefined : createApiKeySeal(secretKey);
  const held = new Map<string, string>();

  return {
    seal: (id, apiKey) => needed(seal).seal(apiKey, id),
    async of(id) {
      const fromEnvironment = held.get(id);
      if (fromEnvironment !== undefined) return fromEnvironment;
      const sealed = await redis.hget(connectionKeys.apiKeys, id);
      if (sealed === null) throw new SecretKeyError("No API Key is stored for this connection: enter it.");
      return needed(seal).unseal(sealed, id);
    },
    async toStore(id, apiKey) {
      if (!seal) {
        held.set(id, apiKey);
        return undefined;
      }
      const sealed = await redis.hget(connectionKeys.apiKeys, id);
      return sealed !== null && holds(seal, { sealed, id, apiKey }) ? undefined : apiKey;
    },
  };
}

function needed(seal: ApiKeySeal | undefined): ApiKeySeal {
  if (seal) return seal;
  throw new SecretKeyError("SECRET_KEY is not set, but it encrypts the API Keys: set it and start again.");
}

function holds(
  seal: ApiKeySeal,
  { sealed, id, apiKey }: { sealed: string; id: string; apiKey: string },
): boolean {
  try {
    return seal.unseal(sealed, id) === apiKey;
  } catch {
    // Sealed with a lost SECRET_KEY: the environment brings the API key again, so it is sealed anew.
    return false;
  }
}
