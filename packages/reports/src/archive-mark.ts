import { archiveMarkKey, defineScript, type RedisClient } from "@customerio-router/redis";

/** Until a mark that nobody confirms is forgotten, so that an archive that was deleted can be followed by a new one. */
const forgottenAfterMs = 10 * 60 * 1000;

const hold = defineScript<string>(
  "holdArchiveMark",
  `local mark = redis.call('GET', KEYS[1])
   if mark and mark ~= ARGV[1] then return mark end
   redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
   return ARGV[1]`,
);

/**
 * Makes this the installation's archive, or confirms that it is, for ten minutes.
 * @returns the mark of the installation's archive: another one means that this process sees another archive.
 */
export async function holdArchiveMark(redis: RedisClient, mark: string): Promise<string> {
  return await hold(redis, [archiveMarkKey], [mark, forgottenAfterMs]);
}

/** The mark of the installation's archive; null where no worker archives. */
export async function readArchiveMark(redis: RedisClient): Promise<string | null> {
  return await redis.get(archiveMarkKey);
}
