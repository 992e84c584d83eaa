import { defineScript, type OwnerKeys, type RedisClient } from "@customerio-router/redis";

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

/** One command instead of many: a thousand idle queues are looked at all the time. */
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
