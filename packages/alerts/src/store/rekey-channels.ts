import { type Resealed, rekeyHash } from "@customerio-router/connections";
import { alertKeys, type RedisClient } from "@customerio-router/redis";
import { sealOwner } from "../channels/channel-cipher.ts";

/** Seals the secrets of all channels anew, as `rekey` does with API keys. */
export async function rekeyChannels(options: {
  redis: RedisClient;
  oldSecretKey: string;
  secretKey: string;
}): Promise<Resealed> {
  const { secrets, version } = alertKeys;
  return await rekeyHash(options, { hash: secrets, ownerOf: sealOwner, version });
}
