import { connectionKeys, defineScript, erasureKeys, type RedisClient } from "@customerio-router/redis";
import { erasureKeyOwner } from "../erasure/erasure-cipher.ts";
import { saltOwner } from "../rules/stored-rules.ts";
import { type ApiKeySeal, createApiKeySeal, SecretKeyError } from "./api-key-seal.ts";

/** What became of sealed texts, by the ids of their connections. */
export type Resealed = {
  /** Opened with the old SECRET_KEY, sealed with the new one. */
  resealed: string[];
  /** Sealed with the new one already: by an earlier run, or saved since. */
  already: string[];
  /** Neither key opens it: as it was. */
  unreadable: { id: string; why: string }[];
};

/** What became of the API keys, and of the salts of rules. */
export type Rekeyed = Resealed & {
  salts: Resealed;
  /** What became of the key of the list of erased people, if there is one. */
  erasures?: "resealed" | "already" | "unreadable";
};

/** Replaces only what is still there as it was read: a key saved meanwhile is not put back. */
const replace = defineScript<number>(
  "replaceSealed",
  `if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
   redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
   if KEYS[2] then redis.call('INCR', KEYS[2]) end
   return 1`,
);

const remove = defineScript<number>(
  "removeApiKey",
  `if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
   return redis.call('HDEL', KEYS[1], ARGV[1])`,
);

/**
 * Seals all API keys and salts of rules anew. Safe at any time and any number of times: what is sealed with the new key is left alone, what
 * neither key opens too. Processes that run with the old key go on with the API keys they hold until they are restarted.
 */
export async function rekey(context: Rekeying): Promise<Rekeyed> {
  const apiKeys = await rekeyHash(context, { hash: connectionKeys.apiKeys, ownerOf: (id) => id });
  const salts = await rekeyHash(context, { hash: connectionKeys.ruleSalts, ownerOf: saltOwner });
  const erasures = await rekeyErasures(context.redis, sealsOf(context));
  return { ...apiKeys, salts, ...(erasures && { erasures }) };
}

type Seals = { former: ApiKeySeal; latter: ApiKeySeal };

type Rekeying = { redis: RedisClient; oldSecretKey: string; secretKey: string };

function sealsOf({ oldSecretKey, secretKey }: Rekeying): Seals {
  return { former: createApiKeySeal(oldSecretKey), latter: createApiKeySeal(secretKey) };
}

/**
 * Seals each text of a hash anew, by its field and the owner that it is bound to.
 * @param version a counter in the hash's slot: whoever keeps a copy reads it again
 */
export async function rekeyHash(
  context: Rekeying,
  { hash, ownerOf, version }: { hash: string; ownerOf: (id: string) => string; version?: string },
): Promise<Resealed> {
  const { redis } = context;
  const { former, latter } = sealsOf(context);
  const keys = version === undefined ? [hash] : [hash, version];
  const rekeyed: Resealed = { resealed: [], already: [], unreadable: [] };
  for (const [id, sealed] of Object.entries(await redis.hgetall(hash))) {
    const owner = ownerOf(id);
    if (opened(latter, sealed, owner) !== undefined) {
      rekeyed.already.push(id);
      continue;
    }
    const text = opened(former, sealed, owner);
    if (text === undefined) {
      rekeyed.unreadable.push({ id, why: whyNot(former, sealed, owner) });
      continue;
    }
    const isReplaced = (await replace(redis, keys, [id, sealed, latter.seal(text, owner)])) === 1;
    (isReplaced ? rekeyed.resealed : rekeyed.already).push(id);
  }
  return rekeyed;
}

/** Spools that have the list read it again with its new version. */
const replaceErasureKey = defineScript<number>(
  "replaceErasureKey",
  `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
   redis.call('SET', KEYS[1], ARGV[2])
   redis.call('INCR', KEYS[2])
   return 1`,
);

async function rekeyErasures(redis: RedisClient, { former, latter }: Seals): Promise<Rekeyed["erasures"]> {
  const sealed = await redis.get(erasureKeys.key);
  if (sealed === null) return undefined;
  if (opened(latter, sealed, erasureKeyOwner) !== undefined) return "already";
  const key = opened(former, sealed, erasureKeyOwner);
  if (key === undefined) return "unreadable";
  const args = [sealed, latter.seal(key, erasureKeyOwner)];
  await replaceErasureKey(redis, [erasureKeys.key, erasureKeys.version], args);
  return "resealed";
}

/**
 * Deletes the list of erased people where SECRET_KEY does not open its key: nobody on it can be recognized. Receipts stay.
 * @returns how many erasures count no more
 */
export async function rekeyLostErasures({
  redis,
  secretKey,
}: {
  redis: RedisClient;
  secretKey: string;
}): Promise<number> {
  const sealed = await redis.get(erasureKeys.key);
  if (sealed === null || opened(createApiKeySeal(secretKey), sealed, erasureKeyOwner) !== undefined) return 0;
  const erasures = await redis.hkeys(erasureKeys.list);
  const { key, list, sealed: people, open, version } = erasureKeys;
  await redis.multi().del(key, list, people, open).incr(version).exec();
  return erasures.filter((id) => !id.includes(":")).length;
}

/** Deletes the API keys that SECRET_KEY does not open. @returns the ids of the connections that need theirs again */
export async function rekeyLost({
  redis,
  secretKey,
}: {
  redis: RedisClient;
  secretKey: string;
}): Promise<string[]> {
  const seal = createApiKeySeal(secretKey);
  const sealed = Object.entries(await redis.hgetall(connectionKeys.apiKeys));
  const lost = sealed.filter(([id, text]) => opened(seal, text, id) === undefined);
  for (const [id, text] of lost) await remove(redis, [connectionKeys.apiKeys], [id, text]);
  return lost.map(([id]) => id);
}

function opened(seal: ApiKeySeal, sealed: string, id: string): string | undefined {
  try {
    return seal.unseal(sealed, id);
  } catch (error) {
    if (error instanceof SecretKeyError) return undefined;
    throw error;
  }
}

function whyNot(seal: ApiKeySeal, sealed: string, id: string): string {
  try {
    seal.unseal(sealed, id);
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
