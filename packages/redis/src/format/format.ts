import type { RedisClient } from "../client/redis-client.ts";
import { connectionKeys } from "../keys/connection-keys.ts";

/**
 * The newest format of stored data that this version reads; it reads the one before too. docs/upgrade.md says what came with
 * each. Until `cli upgrade` nothing is stored that a version of the format before cannot handle.
 */
export const formatVersion = 2;

/** What somebody wants stored needs a newer format than the data has. */
export class OlderFormatError extends Error {
  override name = "OlderFormatError";
}

/** The format of the data in Redis: without a number it is the first one, and where no connection ever was, the newest. */
export async function readFormat(redis: RedisClient): Promise<number> {
  // The first connection and its number are written in one step: read in this order, a connection without a number is old.
  const { records, sources, format } = connectionKeys;
  const [count, number] = await Promise.all([redis.exists(records, sources), redis.get(format)]);
  if (number !== null) return Number(number);
  return count > 0 ? 1 : formatVersion;
}

/** Why data of this format cannot be used by this version, in one sentence; undefined where it can. */
export function refuseFormat(found: number): string | undefined {
  if (found === formatVersion || found === formatVersion - 1) return undefined;
  const here = `The data in this Redis has format ${found}, and this version reads formats ${formatVersion - 1} and ${formatVersion}`;
  return found < formatVersion
    ? `${here}: first start the last version that reads format ${found}, and upgrade with it (docs/upgrade.md).`
    : `${here}: start the newer version that upgraded it, or restore a backup from before (docs/upgrade.md).`;
}

/**
 * The one question before anything is stored that came with the newest format.
 * @param what it is, as a sentence's subject in the plural
 * @throws OlderFormatError
 */
export async function requireNewestFormat(redis: RedisClient, what: string): Promise<void> {
  const found = await readFormat(redis);
  if (found >= formatVersion) return;
  throw new OlderFormatError(
    `${what} need format ${formatVersion} of the stored data, which has format ${found}: once every process runs this version, run \`npm run cli -- upgrade\` (docs/upgrade.md).`,
  );
}

/** From now on versions that read only older formats refuse to start. */
export async function raiseFormat(redis: RedisClient): Promise<void> {
  await redis.set(connectionKeys.format, formatVersion);
}
