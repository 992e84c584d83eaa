import { defineScript, fenceKey, leaseKey, type RedisClient, replayKey } from "@customerio-router/redis";
import { changeReplay, listReplays } from "../replay/store-replay.ts";
import { FencedError, fencing } from "./fencing.ts";
import type { Lease } from "./lease.ts";

const writeFilter = defineScript<number>(
  "redactReplay",
  `${fencing}
   local lease, fence, replay = unpack(KEYS)
   if not owns(lease, fence, ARGV[1]) then return -1 end
   if redis.call('EXISTS', replay) == 1 then redis.call('HSET', replay, 'filter', ARGV[2]) end
   return 1`,
);

/** Cancels the replays of people who are erased, and forgets whom they were of. @throws FencedError */
export async function redactReplays(
  redis: RedisClient,
  lease: Lease,
  isErased: (person: string) => boolean,
): Promise<void> {
  const { connectionId, token } = lease;
  for (const { id, filter } of await listReplays(redis, connectionId)) {
    if (filter.person === undefined || !isErased(filter.person)) continue;
    await changeReplay(redis, { connectionId, id }, "cancel");
    const keys = [leaseKey(connectionId), fenceKey(connectionId), replayKey(connectionId, id)];
    const redacted = JSON.stringify({ ...filter, person: "id:(erased)" });
    if ((await writeFilter(redis, keys, [token, redacted])) === -1) throw new FencedError(connectionId);
  }
}
