/** Minutes of BullMQ's metrics that are kept: two weeks. */
const maxPoints = 14 * 24 * 60;

/**
 * Moves a job that was active until now to `completed` or `failed`, as BullMQ 6 has it there, with these fields; and
 * counts it in BullMQ's metrics, which Bull Board shows: a number for each minute, newest first.
 */
export const finishing = `
local function count(metrics, points, nowMs)
  local counted = redis.call('HINCRBY', metrics, 'count', 1) - 1
  local former = redis.call('HMGET', metrics, 'prevTS', 'prevCount')
  if not former[1] then
    redis.call('HSET', metrics, 'prevTS', nowMs, 'prevCount', 0)
    return
  end
  local minutes = math.min(math.floor(nowMs / 60000) - math.floor(former[1] / 60000), ${maxPoints})
  if minutes <= 0 then return end
  redis.call('LPUSH', points, counted - (former[2] or 0))
  for _ = 2, minutes do redis.call('LPUSH', points, 0) end
  redis.call('LTRIM', points, 0, ${maxPoints - 1})
  redis.call('HSET', metrics, 'prevCount', counted, 'prevTS', nowMs)
end

local function finish(id, job, finished, metrics, points, nowMs, fields)
  redis.call('HSET', job, 'finishedOn', nowMs, unpack(fields))
  redis.call('HINCRBY', job, 'atm', 1)
  redis.call('ZADD', finished, nowMs, id)
  count(metrics, points, nowMs)
end
`;
