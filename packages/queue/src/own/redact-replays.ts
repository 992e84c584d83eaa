import { defineScript, fenceKey, leaseKey, type RedisClient, replayKey } from "@customerio-router/redis";
import { changeReplay, listReplays } from "../replay/store-replay.ts";
import { FencedError, fencing } from "./fencing.ts";
import type { Lease } from "./lease.ts";

/** What a replay has read and not added yet is read again. Of one that cannot go on, the place is forgotten: it may tell of a line. */
const redact = defineScript<number>(
  "redactReplay",
  `${fencing}
   local lease, fence, replay = unpack(KEYS)
   if not owns(lease, fence, ARGV[1]) then return -1 end
   local state = redis.call('HGET', replay, 'state')
   if not state then return 1 end
   redis.call('HINCRBY', replay, 'erasures', 1)
   if ARGV[2] ~= '' then redis.call('HSET', replay, 'filter', ARGV[2]) end
   if state == 'done' or state == 'cancelled' then redis.call('HDEL', replay, 'cursor') end
   return 1`,
);

/**
 * Cancels the replays of people who are erased, and forgets whom they were of. The others leave these people out from now on.
 * @throws FencedError
 */
export async function redactReplays(
  redis: RedisClient,
  lease: Lease,
  isErased: (person: string) => boolean,
): Promise<void> {
  const { connectionId, token } = lease;
  for (const { id, filter } of await listReplays(redis, connectionId)) {
    const isOfErased = filter.person !== undefined && isErased(filter.person);
    if (isOfErased) await changeReplay(redis, { connectionId, id }, "cancel");
    const keys = [leaseKey(connectionId), fenceKey(connectionId), replayKey(connectionId, id)];
    const redacted = isOfErased ? JSON.stringify({ ...filter, person: "id:(erased)" }) : "";
    if ((await redact(redis, keys, [token, redacted])) === -1) throw new FencedError(connectionId);
  }
}
