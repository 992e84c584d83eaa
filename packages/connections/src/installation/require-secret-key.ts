import { setTimeout as sleep } from "node:timers/promises";
import { connectionKeys, type RedisClient } from "@customerio-router/redis";
import { StartError } from "@customerio-router/service";
import { createApiKeySeal } from "../keys/api-key-seal.ts";
import { installationNameOf, markField } from "./mark.ts";

/** While Redis is away it is asked again after this long. */
const retryMs = 100;

/** Redis holds API keys, and SECRET_KEY sealed none of them. */
export class WrongSecretKeyError extends StartError {
  override name = "WrongSecretKeyError";

  constructor(installation: string) {
    super(
      `SECRET_KEY is not the key of the installation in this Redis (made by ${installation}): start with that key, set another REDIS_PREFIX for another installation, or, if the key is lost, run \`npm run rekey -- --lost\` with a new SECRET_KEY, which keeps everything except the API keys.`,
    );
  }
}

export async function hasOtherSecretKey(redis: RedisClient, secretKey: string): Promise<boolean> {
  const sealed = await redis.hvals(connectionKeys.apiKeys);
  const { keyId } = createApiKeySeal(secretKey);
  return sealed.length > 0 && !sealed.some((text) => text.startsWith(`${keyId}.`));
}

/**
 * Resolves once Redis has answered that SECRET_KEY is this installation's, however long it is away.
 * @throws WrongSecretKeyError
 */
export async function requireSecretKey(redis: RedisClient, secretKey: string | undefined): Promise<void> {
  if (secretKey === undefined) return;
  for (;;) {
    try {
      if (!(await hasOtherSecretKey(redis, secretKey))) return;
      const mark = await redis.hget(connectionKeys.writeKeys, markField);
      throw new WrongSecretKeyError(mark === null ? "an earlier version" : installationNameOf(mark));
    } catch (error) {
      if (error instanceof WrongSecretKeyError) throw error;
      // Whoever owns the client logs that Redis is away.
      await sleep(retryMs, undefined, { ref: false });
    }
  }
}
