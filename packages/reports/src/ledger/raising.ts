import { keptMs } from "../counts/hours.ts";
import { dayMs } from "./day.ts";
import { maxSources, otherSources } from "./scope.ts";

/** Days of which the ledger knows more than the totals. */
export const keptDays = 90;

/** More names a day are counted together, as "other". */
const maxNames = 500;
/** The same for the days of one source. */
const maxNamesOfSource = 100;

/**
 * Raises a number of a connection's ledger, for scripts that change what it counts in the same step. `where` is empty for
 * the totals, a day for what belongs to it, `@` and an hour for its minutes, or `#` and the id of a replay for its messages.
 * Totals and days that end with `~` and a source count its messages alone, of at most 25 sources. A name ends a field; each
 * day has at most 500 of them. Only a new field costs more than one command.
 *
 * `removed` counts a job that is removed: what waited and what was rejected of it.
 */
export const raising = `
local function isBeyond(totals, source)
  if source == '${otherSources}' or redis.call('HSETNX', totals, 's|' .. source, 1) == 0 then return false end
  if redis.call('HINCRBY', totals, 'sources', 1) <= ${maxSources} then return false end
  redis.call('HDEL', totals, 's|' .. source)
  redis.call('HINCRBY', totals, 'sources', -1)
  return true
end

local function raise(totals, counts, where, field, by, name)
  if where == '' then
    redis.call('HINCRBY', totals, field, by)
    return
  end
  local mark = string.find(where, '~', 1, true)
  local source = mark and string.sub(where, mark + 1)
  if mark == 1 then
    if redis.call('HINCRBY', totals, field .. where, by) ~= tonumber(by) or not isBeyond(totals, source) then return end
    redis.call('HDEL', totals, field .. where)
    redis.call('HINCRBY', totals, field .. '~${otherSources}', by)
    return
  end
  if string.sub(where, 1, 1) == '#' then
    local replay = totals .. ':replay:' .. string.sub(where, 2)
    redis.call('HINCRBY', replay, field, by)
    redis.call('PEXPIRE', replay, ${keptDays * dayMs})
    return
  end
  local isMinute = string.sub(where, 1, 1) == '@'
  local key = isMinute and counts .. string.sub(where, 2) or totals .. ':' .. where
  if redis.call('HINCRBY', key, field .. name, by) ~= tonumber(by) then return end
  if isMinute then
    redis.call('PEXPIRE', key, ${keptMs})
    return
  end
  if mark and isBeyond(totals, source) then
    redis.call('HDEL', key, field .. name)
    return raise(totals, counts, string.sub(where, 1, mark) .. '${otherSources}', field, by, name)
  end
  if name ~= '' and redis.call('HSETNX', key, 'n|' .. name, 1) == 1 and redis.call('HINCRBY', key, 'names', 1) > (mark and ${maxNamesOfSource} or ${maxNames}) then
    redis.call('HDEL', key, field .. name, 'n|' .. name)
    redis.call('HINCRBY', key, 'names', -1)
    redis.call('HINCRBY', key, field .. 'other', by)
  end
  redis.call('PEXPIRE', key, ${(keptDays + 2) * dayMs})
  redis.call('HSETNX', totals .. ':days', where, '')
end

local function raiseAll(totals, counts, args, from)
  for at = from, #args, 4 do raise(totals, counts, args[at], args[at + 1], args[at + 2], args[at + 3]) end
end

local function removed(totals, counts, job, why)
  local content = redis.call('HGET', job, 'ledger')
  if not content then return end
  for _, row in ipairs(cjson.decode(content)) do
    local day, messages, reason, event, source, ofSource = unpack(row)
    local suffix = ''
    if source then
      suffix, messages = '~' .. source, ofSource
      if reason == '' then reason = nil end
    end
    raise(totals, counts, suffix, 'removed', messages, '')
    raise(totals, counts, day .. suffix, 'removed|' .. why .. '|', messages, event or '')
    if reason then
      raise(totals, counts, suffix, 'rejected', -messages, '')
      raise(totals, counts, day .. suffix, 'rejected|' .. reason .. '|', -messages, event)
    end
  end
end
`;
