import { listReplays, shadowReason, startReplay } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { readArchiveMark } from "@customerio-router/reports";
import type { ConnectionProblem } from "../connection.ts";
import type { ConnectionStore } from "../store/connection-store.ts";

/** `replay`: the id of the replay that sends what the shadow took. */
export type WentLive = { ok: true; replay?: string } | { ok: false; problems: ConnectionProblem[] };

/**
 * Makes a shadow connection live, from now on or also with what it took since it was live last: that is sent by a replay,
 * which begins once the connection is live. `undefined` when there is no such connection.
 */
export async function goLive(
  { store, redis }: { store: ConnectionStore; redis: RedisClient },
  connectionId: string,
  { withHeld, startedBy }: { withHeld: boolean; startedBy: string },
): Promise<WentLive | undefined> {
  const connection = await store.get(connectionId);
  if (connection === undefined) return undefined;
  if (connection.settings.delivery !== "shadow") return problem("The connection is live already.");
  if (withHeld && (await readArchiveMark(redis)) === null) return problem(noArchive);
  // First: should this end half-way, it waits until the connection is live.
  const replay = withHeld ? await replayHeld(redis, connectionId, startedBy) : undefined;
  await store.setDelivery(connectionId, "live");
  return replay === undefined ? { ok: true } : { ok: true, replay };
}

async function replayHeld(redis: RedisClient, connectionId: string, startedBy: string): Promise<string> {
  const former = (await listReplays(redis, connectionId)).filter(
    ({ filter }) => filter.reason === shadowReason,
  );
  const waiting = former.find(({ state }) => state === "running" || state === "paused");
  if (waiting) return waiting.id;
  const fromMs = Math.max(0, ...former.map(({ createdAtMs }) => createdAtMs));
  const { id } = await startReplay(redis, connectionId, {
    sourceId: connectionId,
    filter: { outcome: "skipped", reason: shadowReason, ...(fromMs > 0 && { fromMs }) },
    // Nothing of it was ever sent, so nothing is turned back.
    withState: true,
    asNew: false,
    startedBy,
  });
  return id;
}

function problem(message: string): WentLive {
  return { ok: false, problems: [{ field: "delivery", message }] };
}

const noArchive =
  "What the shadow took cannot be sent: no worker archives messages. Set ARCHIVE_URL, or go live from now on.";
