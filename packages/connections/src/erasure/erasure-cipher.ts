import { createHmac, randomBytes } from "node:crypto";
import { erasureKeys, type RedisClient } from "@customerio-router/redis";
import { createApiKeySeal } from "../keys/api-key-seal.ts";

/** Binds the sealed key to its place. */
export const erasureKeyOwner = "erasures";

/** Hashes and seals the keys of erased people, under a key of its own that SECRET_KEY seals. */
export type ErasureCipher = {
  /** HMAC-SHA-256 of a person's key. */
  hash(person: string): string;
  /** With AES-256-GCM, as API keys are sealed. `owner` binds the text to its place. */
  seal(people: string[], owner: string): string;
  unseal(sealed: string, owner: string): string[];
};

/** @throws SecretKeyError where another SECRET_KEY sealed it */
export function openErasureCipher(sealedKey: string, secretKey: string): ErasureCipher {
  const key = createApiKeySeal(secretKey).unseal(sealedKey, erasureKeyOwner);
  const seal = createApiKeySeal(key);
  return {
    hash: (person) => createHmac("sha256", key).update(person).digest("base64url"),
    seal: (people, owner) => seal.seal(JSON.stringify(people), owner),
    unseal: (sealed, owner) => JSON.parse(seal.unseal(sealed, owner)) as string[],
  };
}

/** The installation's, made with the first erasure. */
export async function ensureErasureCipher(redis: RedisClient, secretKey: string): Promise<ErasureCipher> {
  const made = createApiKeySeal(secretKey).seal(randomBytes(32).toString("base64url"), erasureKeyOwner);
  await redis.setnx(erasureKeys.key, made);
  return openErasureCipher((await redis.get(erasureKeys.key)) ?? made, secretKey);
}

/** Undefined while nobody was erased. */
export async function readErasureCipher(
  redis: RedisClient,
  secretKey: string,
): Promise<ErasureCipher | undefined> {
  const sealed = await redis.get(erasureKeys.key);
  return sealed === null ? undefined : openErasureCipher(sealed, secretKey);
}
