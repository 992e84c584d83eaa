import { type Archive, ArchiveError } from "@customerio-router/archive";
import { linesWhere } from "@customerio-router/connections";
import {
  endReplay,
  type KnownErased,
  type LineToReplay,
  type Replay,
  runReplay,
} from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import type { Pipeline } from "../delivery/pipeline.ts";

const notSeen =
  "The worker that delivers this connection does not see the archive: share one folder between all workers and dashboards, or set ARCHIVE_URL to a bucket";

/**
 * Runs a replay under the lease of its connection, reading the archive of the connection it is from.
 * @throws ArchiveError while the archive cannot be read
 */
export async function replayFromArchive(options: {
  redis: RedisClient;
  archive: Archive | undefined;
  replay: Replay;
  people: KnownErased;
  pipeline: Pipeline;
  mayGo: () => boolean;
  wait: (ms: number) => Promise<void>;
}): Promise<void> {
  const { redis, archive, replay, people, pipeline } = options;
  const { sourceId, filter } = replay;
  if (archive === undefined) throw new ArchiveError("unreachable", notSeen);
  if (sourceId === undefined) {
    await endReplay(redis, replay, { state: "failed", note: "It says no connection to replay from" });
    return;
  }

  async function* read(after: string): AsyncGenerator<LineToReplay, void, undefined> {
    const from = after === "" ? {} : { after };
    yield* linesWhere((archive as Archive).readAll(sourceId as string, filter, from), filter);
  }

  await runReplay({
    redis,
    replay,
    people,
    token: pipeline.lease.token,
    limits: () => pipeline.connection.settings,
    read,
    mayGo: options.mayGo,
    wait: options.wait,
  });
}
