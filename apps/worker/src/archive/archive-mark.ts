import { randomUUID } from "node:crypto";
import type { Archive } from "@customerio-router/archive";
import type { RedisClient } from "@customerio-router/redis";
import { holdArchiveMark, readArchiveMark } from "@customerio-router/reports";

/**
 * Whether this process sees the installation's archive. A folder of another machine is another archive: what is written
 * there, nobody finds.
 */
export async function seesArchive(
  redis: RedisClient,
  archive: Pick<Archive, "readMark" | "ensureMark">,
): Promise<boolean> {
  const [own, installations] = await Promise.all([archive.readMark(), readArchiveMark(redis)]);
  if (own === undefined && installations !== null) return false;
  const mark = own ?? (await archive.ensureMark(randomUUID()));
  return (await holdArchiveMark(redis, mark)) === mark;
}
