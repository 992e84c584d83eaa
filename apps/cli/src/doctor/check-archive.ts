import { findArchiveSituation } from "@customerio-router/alerts";
import { type Archive, archiveFromEnvironment } from "@customerio-router/archive";
import type { ConnectionStore } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import { readArchiveMark, readWorkers } from "@customerio-router/reports";
import type { DoctorConfig } from "./check-environment.ts";
import { type Finding, good, wrongAsIn } from "./finding.ts";

type Installation = { redis: RedisClient; store: Pick<ConnectionStore, "list"> };

/** Whether the archive can be read, is the one that the workers write, and is up to date. */
export async function checkArchive(
  config: DoctorConfig,
  installation: Installation | undefined,
): Promise<Finding[]> {
  await using archive = await archiveFromEnvironment(config, () => {});
  if (archive === undefined) return [good("Archive", "Off.")];
  const problem = await findProblem(archive, installation);
  if (problem !== undefined) return [wrongAsIn("Archive", { name: "archive-away", detail: problem })];
  if (installation === undefined)
    return [good("Archive", `${archive.where} can be read; only Redis knows whether the workers write it.`)];
  const { redis, store } = installation;
  const connectionIds = (await store.list()).map(({ id }) => id);
  const behind = await findArchiveSituation(redis, { connectionIds, cutMs: config.ARCHIVE_CUT_MS });
  if (behind !== undefined) return [wrongAsIn("Archive", behind)];
  return [good("Archive", `${archive.where} is seen, and up to date.`)];
}

async function findProblem(
  archive: Archive,
  installation: Installation | undefined,
): Promise<string | undefined> {
  const own = await archive.readMark().catch((error: Error) => error);
  if (own instanceof Error) return `${archive.where} cannot be read: ${own.message}.`;
  if (installation === undefined) return undefined;
  const [mark, workers] = await Promise.all([
    readArchiveMark(installation.redis),
    readWorkers(installation.redis),
  ]);
  if (mark === null)
    return workers.length === 0 ? undefined : `No worker writes one, and here it is ${archive.where}.`;
  return mark === own ? undefined : `The workers write another one than ${archive.where}.`;
}
