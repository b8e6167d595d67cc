// What Valkey does in one step each, by its own clock. The twin of localLimitStore: the same tests run on both.

/** The clock in milliseconds with their fractions. */
const NOW = `
local t = redis.call('TIME')
local now = t[1] * 1000 + t[2] / 1000`;

/*
 * A hash a key: `next` the time of the next slot, `state` JSON with `version`, and of it, so that nobody need parse it
 * here, `learnt` (messages a minute) and `stop` (its end); `a0`…`a12` counts of spans, each with its number.
 * Numbers are answered as text: Valkey cuts fractions off.
 */
export const TAKE = `${NOW}
local key, interval, burst, want, horizon, accepted = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local known = redis.call('HMGET', key, 'next', 'state', 'learnt', 'stop')
if accepted > 0 then
  local span = math.floor(now / 5000)
  local field = 'a' .. (span % 13)
  local old = redis.call('HGET', key, field)
  local count = accepted
  if old then
    local number, had = string.match(old, '(%d+):(%d+)')
    if tonumber(number) == span then count = count + tonumber(had) end
  end
  redis.call('HSET', key, field, string.format('%d:%d', span, count))
  redis.call('PEXPIRE', key, 86400000)
end
local learnt = tonumber(known[3] or '')
if learnt and 60000 / learnt > interval then
  interval = 60000 / learnt
  burst = 1
end
local stop = tonumber(known[4] or '0')
local state = known[2] or ''
if stop > now then return { 0, '0', tostring(interval), tostring(stop - now), state, string.format('%.3f', now) } end
if interval == 0 then return { want, '0', '0', '0', state, string.format('%.3f', now) } end
local start = math.max(tonumber(known[1] or '0'), now - (burst - 1) * interval)
local slots = math.max(0, math.min(want, math.floor((now + horizon - start) / interval) + 1))
local after = start + slots * interval
if slots > 0 then
  redis.call('HSET', key, 'next', string.format('%.3f', after))
  redis.call('PEXPIRE', key, 86400000)
end
return { slots, tostring(start - now), tostring(interval), tostring(math.max(0, after - horizon - now)), state, string.format('%.3f', now) }`;

export const GIVE_BACK = `${NOW}
local next = tonumber(redis.call('HGET', KEYS[1], 'next') or '0')
if next > now then redis.call('HSET', KEYS[1], 'next', string.format('%.3f', next - ARGV[1] * ARGV[2])) end`;

export const READ = `${NOW}
local span = math.floor(now / 5000)
local spans = {}
for back = 0, 11 do
  local number, count = string.match(redis.call('HGET', KEYS[1], 'a' .. ((span - back) % 13)) or '', '(%d+):(%d+)')
  spans[back + 1] = (number and tonumber(number) == span - back) and tonumber(count) or 0
end
local known = redis.call('HMGET', KEYS[1], 'state', 'version')
return { string.format('%.3f', now), known[1] or '', known[2] or '0', spans }`;

/** Writes a state only over the version that it was made from; KEYS[2] is the set of keys with something to tell. */
export const WRITE = `
if (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'version', ARGV[1] + 1, 'learnt', ARGV[3], 'stop', ARGV[4])
redis.call('PEXPIRE', KEYS[1], 604800000)
if ARGV[5] == '1' then redis.call('SADD', KEYS[2], KEYS[1]) else redis.call('SREM', KEYS[2], KEYS[1]) end
return 1`;

/** A hash a key: for each worker `count:end`; a worker that is gone loses what it held when its end comes. */
export const CONNECT = `${NOW}
local worker, cap, ttl, interval, burst = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local total, mine, next = 0, 0, 0
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if all[i] == 'next' then
    next = tonumber(all[i + 1])
  else
    local count, ends = string.match(all[i + 1], '(%d+):(%d+)')
    if tonumber(ends) < now then
      redis.call('HDEL', KEYS[1], all[i])
    else
      total = total + tonumber(count)
      if all[i] == worker then mine = tonumber(count) end
    end
  end
end
if cap > 0 and total >= cap then return { 0, '250', 'cap', total } end
if interval > 0 then
  local start = math.max(next, now - (burst - 1) * interval)
  if start > now then return { 0, tostring(start - now), 'rate', total } end
  redis.call('HSET', KEYS[1], 'next', string.format('%.3f', start + interval))
end
redis.call('HSET', KEYS[1], worker, string.format('%d:%d', mine + 1, now + ttl))
redis.call('PEXPIRE', KEYS[1], 3600000)
return { 1, '0', '', total + 1 }`;

export const DISCONNECT = `
local count, ends = string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '', '(%d+):(%d+)')
if not count then return end
if tonumber(count) > 1 then redis.call('HSET', KEYS[1], ARGV[1], string.format('%d:%d', count - 1, ends))
else redis.call('HDEL', KEYS[1], ARGV[1]) end`;

export const RENEW = `${NOW}
local count = string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '', '(%d+):')
if count then redis.call('HSET', KEYS[1], ARGV[1], string.format('%d:%d', count, now + ARGV[2])) end`;
