import type { Archive } from "@customerio-router/archive";
import { type RedisClient, withTimeout } from "@customerio-router/redis";
import { readArchiveMark } from "@customerio-router/reports";

/** How long it counts that the archive was seen, or not. */
const seenMs = 10_000;
/** A store that hangs must not hold up pages. */
const lookMs = 3_000;

/** The installation's archive as this process sees it. */
export type VisibleArchive = {
  /** The archive, if it is the one the workers write. */
  find(): Promise<Archive | undefined>;
  /** What an operator should know. */
  warnings(): Promise<string[]>;
};

/** Looks whether this process sees the archive that the workers write: a folder of another machine is another one. */
export function createVisibleArchive(options: {
  redis: RedisClient;
  archive: Archive | undefined;
}): VisibleArchive {
  const { redis, archive } = options;
  let looking: Promise<string | undefined> | undefined;

  /** Why it is not seen; empty where no worker archives. */
  async function look(): Promise<string | undefined> {
    if (archive === undefined) return "";
    try {
      return await withTimeout(lookMs, async () => {
        const [mark, own] = await Promise.all([readArchiveMark(redis), archive.readMark()]);
        if (mark === null) return "";
        if (mark === own) return undefined;
        return `The dashboard does not see the archive that the workers write, but ${archive.where}: older messages are missing from its pages. Share one folder between all workers and dashboards, or set ARCHIVE_URL to a bucket`;
      });
    } catch (error) {
      return `Archived messages are missing from the dashboard's pages: ${(error as Error).message}`;
    }
  }

  function lookNowAndThen(): Promise<string | undefined> {
    looking ??= look().finally(() => {
      setTimeout(() => {
        looking = undefined;
      }, seenMs).unref();
    });
    return looking;
  }

  return {
    async find() {
      return (await lookNowAndThen()) === undefined ? archive : undefined;
    },
    async warnings() {
      const why = await lookNowAndThen();
      return why ? [why] : [];
    },
  };
}
