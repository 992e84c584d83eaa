import {
  defineScript,
  forOneScript,
  type OwnerKeys,
  type QueueKeys,
  queueKeys,
  type RedisClient,
} from "@customerio-router/redis";

/** BullMQ keeps a delayed job's time in the upper bits of its score. */
export const delayedScoreUnit = 4096;

/** The state of a queue. */
export type QueueState = {
  paused: boolean;
  waiting: number;
  /** Jobs with priority or a delay that is over. */
  other: number;
  /** Active jobs. */
  active: number;
};

type StateReply = [
  paused: number,
  waiting: number,
  prioritized: number,
  nextScore: string | null,
  active: number,
];

/** One command instead of many. */
const readState = defineScript<StateReply>(
  "readQueueState",
  `local meta, wait, prioritized, delayed, active = unpack(KEYS)
   return {
     redis.call('HEXISTS', meta, 'paused'),
     redis.call('LLEN', wait),
     redis.call('ZCARD', prioritized),
     redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')[2] or false,
     redis.call('LLEN', active)
   }`,
);

export async function readQueueState({
  redis,
  keys,
}: {
  redis: RedisClient;
  keys: OwnerKeys;
}): Promise<QueueState> {
  const { meta, wait, prioritized, delayed, active } = keys;
  const reply = await readState(redis, [meta, wait, prioritized, delayed, active], []);
  const due = reply[3] !== null && Number(reply[3]) / delayedScoreUnit <= Date.now();
  return {
    paused: reply[0] === 1,
    waiting: reply[1],
    other: reply[2] + (due ? 1 : 0),
    active: reply[4],
  };
}

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
