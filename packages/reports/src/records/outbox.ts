/** Bytes that Redis and BullMQ need for a completed job besides its data and traces. */
const jobOverheadBytes = 400;
/** Bytes that Redis needs for an element besides its text. */
const elementOverheadBytes = 20;

/**
 * The outbox of a connection lists the outcomes of its messages, oldest first, until they are archived or removed. An
 * element is `<kind> <Unix milliseconds> <bytes> <messages> <rest>`: of kind `j` for a completed job, which keeps its data
 * and traces itself, the rest being its id; of kind `b` for messages of other jobs, the rest being a body. Elements are
 * numbered by how many have left before them, from the microsecond of the first one on: after Redis lost its data, no
 * number is there twice.
 */
export const outboxing = `
local function append(outbox, meta, kind, atMs, bytes, messages, rest)
  local length = redis.call('RPUSH', outbox, kind .. ' ' .. atMs .. ' ' .. bytes .. ' ' .. messages .. ' ' .. rest)
  if length == 1 then redis.call('HSETNX', meta, 'removed', atMs .. '000') end
  redis.call('HINCRBY', meta, 'bytes', bytes)
end

local function appendBody(outbox, meta, atMs, messages, body)
  append(outbox, meta, 'b', atMs, #body + ${elementOverheadBytes}, messages, body)
end

local function appendJob(outbox, meta, atMs, messages, id, job)
  local bytes = redis.call('HSTRLEN', job, 'data') + redis.call('HSTRLEN', job, 'traces') + ${jobOverheadBytes}
  append(outbox, meta, 'j', atMs, bytes, messages, id)
end

local function readElement(element)
  local kind, atMs, bytes, messages, from = string.match(element, '^(%a) (%d+) (%d+) (%d+) ()')
  return { kind = kind, atMs = tonumber(atMs), bytes = tonumber(bytes), messages = tonumber(messages), rest = string.sub(element, from) }
end

-- A cut is what is being archived. Elements that have left it, it has no more: readers hide a segment that is part of another.
local function currentCut(meta)
  local first, last = string.match(redis.call('HGET', meta, 'cut') or '', '(%d+)-(%d+)')
  if not first then return nil end
  local removed = tonumber(redis.call('HGET', meta, 'removed') or 0)
  if removed >= tonumber(last) then
    redis.call('HDEL', meta, 'cut')
    return nil
  end
  if removed >= tonumber(first) then
    first = string.format('%.0f', removed + 1)
    redis.call('HSET', meta, 'cut', first .. '-' .. last)
  end
  return first, last
end

local function removeOldest(outbox, meta, completed, prefix)
  local text = redis.call('LPOP', outbox)
  if not text then return nil end
  local element = readElement(text)
  redis.call('HINCRBY', meta, 'removed', 1)
  redis.call('HINCRBY', meta, 'bytes', -element.bytes)
  if element.kind == 'j' then
    local job = prefix .. element.rest
    redis.call('ZREM', completed, element.rest)
    redis.call('UNLINK', job, job .. ':logs', job .. ':lock')
  end
  return element
end
`;
