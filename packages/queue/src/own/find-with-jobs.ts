import {
  defineScript,
  forOneScript,
  type QueueKeys,
  queueKeys,
  type RedisClient,
} from "@customerio-router/redis";

const findKeys = defineScript<number[]>(
  "findJobs",
  `local each = tonumber(ARGV[1])
   local found = {}
   for at = 0, #KEYS / each - 1 do
     if redis.call('EXISTS', unpack(KEYS, each * at + 1, each * (at + 1))) > 0 then found[#found + 1] = at end
   end
   return found`,
);

/** Of these connections those that have jobs in any state but completed or failed. */
export function findWithJobs(redis: RedisClient, connectionIds: readonly string[]): Promise<string[]> {
  return findWith(redis, connectionIds, ({ wait, active, prioritized, delayed }) => [
    ...[wait, active],
    ...[prioritized, delayed],
  ]);
}

/** Of these connections those that have failed jobs. */
export function findWithFailed(redis: RedisClient, connectionIds: readonly string[]): Promise<string[]> {
  return findWith(redis, connectionIds, ({ failed }) => [failed.set]);
}

/** Redis keeps no empty lists and sets. */
async function findWith(
  redis: RedisClient,
  connectionIds: readonly string[],
  keysOf: (keys: QueueKeys) => string[],
): Promise<string[]> {
  const found = forOneScript(redis, connectionIds).map(async (ids) => {
    const keys = ids.map((id) => keysOf(queueKeys(id)));
    return (await findKeys(redis, keys.flat(), [keys[0]?.length ?? 0])).map((at) => ids[at] as string);
  });
  return (await Promise.all(found)).flat();
}
