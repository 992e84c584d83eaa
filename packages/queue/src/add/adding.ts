import type { NewJob } from "./new-job.ts";

/** What one job is as arguments of a script with `adding`. */
export const fieldsOfJob = 6;

/** The arguments of a job: id, name, time, data, content, and the number of its messages. */
export function argumentsOfJob({ id, name, madeAtMs, data, content, digests }: NewJob): (string | number)[] {
  return [id, name, madeAtMs, data, content, digests.length];
}

/**
 * Adds jobs as BullMQ 6 has them in `wait`, given the places of their first arguments, and counts their messages as received,
 * also those of each source, for scripts that have `raising` before. Gives how many messages, and how many by day. BullMQ's stream of events gets
 * nothing: nobody reads it.
 */
export const adding = `
local function addToWait(prefix, wait, totals, counts, places)
  local received, byDay, byMinute, bySource, byDayOfSource = 0, {}, {}, {}, {}
  for _, at in ipairs(places) do
    local id, name, madeAtMs, data, content = unpack(ARGV, at, at + 4)
    redis.call('HSET', prefix .. id, 'name', name, 'data', data, 'opts', '{}', 'timestamp', madeAtMs, 'delay', 0, 'priority', 0, 'ledger', content)
    redis.call('LPUSH', wait, id)
    local minute = math.floor(madeAtMs / 60000)
    for _, row in ipairs(cjson.decode(content)) do
      byDay[row[1]] = (byDay[row[1]] or 0) + row[2]
      byMinute[minute] = (byMinute[minute] or 0) + row[2]
      received = received + row[2]
      if row[5] then
        local source = '~' .. row[5]
        local day = row[1] .. source
        bySource[source] = (bySource[source] or 0) + row[6]
        byDayOfSource[day] = (byDayOfSource[day] or 0) + row[6]
      end
    end
  end
  raise(totals, counts, '', 'received', received, '')
  for day, messages in pairs(byDay) do raise(totals, counts, tostring(day), 'received', messages, '') end
  for source, messages in pairs(bySource) do raise(totals, counts, source, 'received', messages, '') end
  for day, messages in pairs(byDayOfSource) do raise(totals, counts, day, 'received', messages, '') end
  for minute, messages in pairs(byMinute) do
    raise(totals, counts, '@' .. math.floor(minute / 60), minute % 60 .. ':received', messages, '')
    raise(totals, counts, tostring(math.floor(minute / 1440)), math.floor(minute % 1440 / 60) .. ':received', messages, '')
  end
  return received, byDay
end
`;
