import { type Archive, archiveFromEnvironment, archiveVariables } from "@customerio-router/archive";
import { readArchiveMark } from "@customerio-router/reports";
import { readEnvironment } from "@customerio-router/service";
import { type OpenConnections, storeVariables } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";

export const replayVariables = [...storeVariables, ...archiveVariables] as const;

export type OpenArchive = AsyncDisposable & {
  /** The archive that the workers write; undefined where this machine does not see it. */
  archive: Archive | undefined;
  /** Why it is not seen, and what to do. */
  why: string;
};

/** The installation's archive, where this machine sees it: a folder of another machine is another one. */
export async function openArchiveForReplay(
  environment: Environment,
  { redis }: Pick<OpenConnections, "redis">,
): Promise<OpenArchive> {
  const archive = await archiveFromEnvironment(readEnvironment(environment, archiveVariables), (message) =>
    console.error(message),
  );
  const [own, workers] = await Promise.all([archive?.readMark(), readArchiveMark(redis)]);
  const isSeen = archive !== undefined && own !== undefined && own === workers;
  const why =
    workers === null
      ? "no worker has written an archive in the last ten minutes: start a worker whose ARCHIVE_URL is not off"
      : "this machine does not see the archive that the workers write: set ARCHIVE_URL, or DATA_DIR, to the workers'";
  return {
    archive: isSeen ? archive : undefined,
    why: isSeen ? "" : why,
    [Symbol.asyncDispose]: async () => await archive?.[Symbol.asyncDispose](),
  };
}
