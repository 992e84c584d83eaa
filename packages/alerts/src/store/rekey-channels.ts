import { createApiKeySeal, SecretKeyError } from "@customerio-router/connections";
import { alertKeys, defineScript, type RedisClient } from "@customerio-router/redis";
import { sealOwner } from "../channels/channel-cipher.ts";

/** What became of the sealed secrets of channels, by their ids. */
export type RekeyedChannels = { resealed: string[]; already: string[]; unreadable: string[] };

/** Replaces only what is still as it was read, and has whoever keeps a copy read it again. */
const replace = defineScript<number>(
  "replaceAlertSecrets",
  `if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
   redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
   return redis.call('INCR', KEYS[1])`,
);

/** Seals the secrets of all channels anew, as `rekey` does with API keys. */
export async function rekeyChannels({
  redis,
  oldSecretKey,
  secretKey,
}: {
  redis: RedisClient;
  oldSecretKey: string;
  secretKey: string;
}): Promise<RekeyedChannels> {
  const [former, latter] = [createApiKeySeal(oldSecretKey), createApiKeySeal(secretKey)];
  const rekeyed: RekeyedChannels = { resealed: [], already: [], unreadable: [] };
  for (const [id, sealed] of Object.entries(await redis.hgetall(alertKeys.secrets))) {
    const owner = sealOwner(id);
    if (opened(latter, sealed, owner) !== undefined) {
      rekeyed.already.push(id);
      continue;
    }
    const secrets = opened(former, sealed, owner);
    if (secrets === undefined) {
      rekeyed.unreadable.push(id);
      continue;
    }
    const args = [id, sealed, latter.seal(secrets, owner)];
    const isReplaced = (await replace(redis, [alertKeys.version, alertKeys.secrets], args)) !== 0;
    (isReplaced ? rekeyed.resealed : rekeyed.already).push(id);
  }
  return rekeyed;
}

function opened(
  seal: ReturnType<typeof createApiKeySeal>,
  sealed: string,
  owner: string,
): string | undefined {
  try {
    return seal.unseal(sealed, owner);
  } catch (error) {
    if (error instanceof SecretKeyError) return undefined;
    throw error;
  }
}
