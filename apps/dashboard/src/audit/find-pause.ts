import type { RedisClient } from "@customerio-router/redis";
import { type RecordedAction, readActions } from "@customerio-router/reports";

/** A page waits for it. */
const maxSearched = 2_000;

/** Who paused the connection, if that was one of the last actions of its kind; Bull Board also pauses all at once. */
export async function findPause(
  redis: RedisClient,
  connectionId: string,
): Promise<RecordedAction | undefined> {
  let searched = 0;
  for await (const action of readActions(redis, { action: "connection" })) {
    if (++searched > maxSearched) return undefined;
    const isOfIt = action.subject?.id === undefined || action.subject.id === connectionId;
    if (isOfIt && action.action === "connection.resume") return undefined;
    if (isOfIt && action.action === "connection.pause") return action;
  }
  return undefined;
}
