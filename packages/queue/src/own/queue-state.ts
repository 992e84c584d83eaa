import type { RedisClient } from "../redis.ts";
import { defineScript } from "../script.ts";
import type { OwnerKeys } from "./owner-keys.ts";

/** BullMQ keeps a delayed job's time in the upper bits of its score. */
export const delayedScoreUnit = 4096;

/** What stands in a queue. */
export type QueueState = {
  paused: boolean;
  waiting: number;
  /** Jobs with priority or a delay that is over. */
  other: number;
  /** Jobs somebody has taken. */
  active: number;
  /** Bytes of the data of the foremost waiting jobs, foremost first. */
  bytes: number[];
};

type Answer = [
  paused: number,
  waiting: number,
  prioritized: number,
  nextScore: string | null,
  active: number,
  bytes: number[],
];

/** One command instead of many: a thousand idle queues are looked at all the time. */
const readState = defineScript<Answer>(
  "readQueueState",
  `local meta, wait, prioritized, delayed, active = unpack(KEYS)
   local bytes = {}
   if ARGV[2] ~= '0' then
     local ids = redis.call('LRANGE', wait, -ARGV[2], -1)
     for index = #ids, 1, -1 do
       bytes[#bytes + 1] = redis.call('HSTRLEN', ARGV[1] .. ids[index], 'data')
     end
   end
   return {
     redis.call('HEXISTS', meta, 'paused'),
     redis.call('LLEN', wait),
     redis.call('ZCARD', prioritized),
     redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')[2] or false,
     redis.call('LLEN', active),
     bytes
   }`,
);

/** `jobs`: of how many waiting ones the bytes are wanted. */
export async function readQueueState(
  { redis, keys }: { redis: RedisClient; keys: OwnerKeys },
  jobs: number,
): Promise<QueueState> {
  const { meta, wait, prioritized, delayed, active } = keys;
  const answer = await readState(
    redis,
    [meta, wait, prioritized, delayed, active],
    [keys.jobPrefix, Math.max(0, Math.floor(jobs))],
  );
  const due = answer[3] !== null && Number(answer[3]) / delayedScoreUnit <= Date.now();
  return {
    paused: answer[0] === 1,
    waiting: answer[1],
    other: answer[2] + (due ? 1 : 0),
    active: answer[4],
    bytes: answer[5],
  };
}
