-- One key's window, shared by every worker. All times are milliseconds of Redis's own clock; all numbers are whole.
--
-- KEYS: state (a hash), log (a sorted set: member by the moment it leaves the window), waiting (who waits, by the moment
-- after which it is taken for gone), turns (a hash: run to the number of its last turn).
-- The hash holds `used`, the sum of all weights; under `o:<entry>` an open entry as "weight granted-at entities", under
-- `s:<moment>` the weight of what was answered and leaves at that moment. ARGV[1] is the question, as JSON.

local state, log, waiting, turns = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local ask = cjson.decode(ARGV[1])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local KEEP_MS = 7 * 24 * 3600 * 1000

local function get(name)
  return tonumber(redis.call('HGET', state, name) or nil) or 0
end

local function set(name, number)
  redis.call('HSET', state, name, string.format('%d', number))
end

local function add(name, number)
  redis.call('HINCRBY', state, name, string.format('%d', number))
end

-- Which Redis this is: another one, after a restart or a failover, may hold an older window than the true one.
local function server()
  local info = redis.pcall('INFO', 'server')
  return type(info) == 'string' and string.match(info, 'run_id:(%x+)') or 'unknown'
end

local function is_known()
  return redis.call('HGET', state, 'server') == server()
    and not (get('used') > 0 and redis.call('ZCARD', log) == 0)
    and get('granted_at') <= now + 1000 -- else the clock was set back
end

local function open_entry(id)
  local found = redis.call('HGET', state, 'o:' .. id)
  if not found then return nil end
  local weight, granted, entities = string.match(found, '^(%d+) (%d+) (%d+)$')
  return {weight = tonumber(weight), granted = tonumber(granted), entities = tonumber(entities)}
end

local function put(id, weight, entities, granted)
  redis.call('HSET', state, 'o:' .. id, string.format('%d %d %d', weight, granted, entities))
  redis.call('ZADD', log, now + ask.open_ms, 'o:' .. id)
  add('used', weight)
end

local function take(id)
  local entry = open_entry(id)
  if entry then
    redis.call('HDEL', state, 'o:' .. id)
    redis.call('ZREM', log, 'o:' .. id)
    add('used', -entry.weight)
  end
  return entry
end

local function settle(weight, moment)
  local leaves = math.ceil(moment / ask.bucket_ms) * ask.bucket_ms
  local name = string.format('s:%d', leaves)
  add(name, weight)
  redis.call('ZADD', log, leaves, name)
  add('used', weight)
end

local function expire()
  repeat
    local gone = redis.call('ZRANGEBYSCORE', log, '-inf', now, 'LIMIT', 0, 200)
    if #gone > 0 then
      local sum = 0
      for _, held in ipairs(redis.call('HMGET', state, unpack(gone))) do
        sum = sum + (tonumber(string.match(held or '0', '^%d+')) or 0)
      end
      redis.call('HDEL', state, unpack(gone))
      redis.call('ZREM', log, unpack(gone))
      add('used', -sum)
    end
  until #gone < 200
end

-- Begin a window that nobody remembers whole: full for its length, or empty where it is known that nothing was asked.
local function begin(is_idle)
  local old = {}
  local held = redis.call('HGETALL', state)
  for i = 1, #held, 2 do old[held[i]] = held[i + 1] end
  redis.call('DEL', state, log, waiting)
  redis.call('HSET', state, 'server', server(), 'epoch', string.format('%d-%s', now, clock[2]))
  for _, name in ipairs({'learned', 'turn'}) do
    if old[name] then redis.call('HSET', state, name, old[name]) end
  end
  set('paused_until', math.min(tonumber(old.paused_until or '0'), now + ask.longest_pause_ms))
  set('full_until', is_idle and 0 or now + ask.window_ms)
  for name, value in pairs(old) do
    local weight, granted, entities = string.match(value, '^(%d+) (%d+) (%d+)$')
    if string.sub(name, 1, 2) == 'o:' and weight and not is_idle then
      put(string.sub(name, 3), tonumber(weight), tonumber(entities), tonumber(granted))
    end
  end
end

local function limit()
  local learned = get('learned')
  return learned > 0 and math.min(ask.limit, learned) or ask.limit
end

local function weight_of(entities)
  return ask.unit == 'requests' and 1 or entities
end

-- How many runs that wait come before this one: the one served longest ago is first, the older of two new ones.
local function ahead()
  redis.call('ZREMRANGEBYSCORE', waiting, '-inf', now)
  local runs, seen = {}, {[ask.run] = true}
  local held = redis.call('ZRANGE', waiting, 0, -1, 'WITHSCORES')
  local due = {}
  for i = 1, #held, 2 do
    local run = string.match(held[i], '^(.*)|')
    if not seen[run] then
      seen[run] = true
      runs[#runs + 1] = run
    end
    due[run] = math.min(due[run] or math.huge, tonumber(held[i + 1]))
  end
  local mine = tonumber(redis.call('HGET', turns, ask.run) or '0')
  local before, soonest = 0, math.huge
  for _, run in ipairs(runs) do
    local theirs = tonumber(redis.call('HGET', turns, run) or '0')
    if theirs < mine or (theirs == mine and run < ask.run) then
      before = before + 1
      soonest = math.min(soonest, due[run] - ask.absent_ms)
    end
  end
  return before, soonest
end

local function note_turn()
  add('turn', 1)
  redis.call('HSET', turns, ask.run, get('turn'))
  if redis.call('HLEN', turns) > 500 then
    local oldest = get('turn') - 250
    local held = redis.call('HGETALL', turns)
    for i = 1, #held, 2 do
      if tonumber(held[i + 1]) < oldest then redis.call('HDEL', turns, held[i]) end
    end
  end
end

-- What may go now, and whether it is paced; or 0 and how long until it is worth another look.
local function look(most_allowed)
  local paused = math.max(get('paused_until'), get('full_until'))
  if paused > now then return 0, paused - now end
  local allowance = most_allowed - get('used')
  local backlog = ask.unit == 'requests' and math.ceil(ask.backlog / ask.most) or ask.backlog
  local grain = math.max(1, math.min(ask.most, math.floor(most_allowed * ask.grain_share + 0.5)))
  local most, least = math.min(allowance, backlog > allowance and grain or ask.most), 0
  if ask.unit == 'requests' then
    most, least = allowance >= 1 and ask.most or 0, 1
  else
    least = math.min(ask.most, grain, most_allowed)
  end
  if most < least then
    local next = redis.call('ZRANGE', log, 0, 0, 'WITHSCORES')
    return 0, next[2] and math.max(1, tonumber(next[2]) - now) or ask.window_ms
  end
  local early = get('paced_until') - ask.burst_ms - now
  local is_paced = backlog > allowance
  if is_paced and early > 0 then return 0, early end
  return most, 0, is_paced, allowance
end

local function pace_ms(weight, most_allowed)
  return math.ceil(weight * ask.window_ms / most_allowed)
end

-- What a permit does not use is not waited for either.
local function unpace(weight)
  if weight > 0 then set('paced_until', math.max(0, get('paced_until') - pace_ms(weight, limit()))) end
end

local function grant(entities, is_paced, most_allowed)
  local weight = weight_of(entities)
  if is_paced then
    local from = get('paced_until')
    if from < now - ask.catch_up_ms then from = now end
    set('paced_until', from + pace_ms(weight, most_allowed))
  end
  put(ask.entry, weight, entities, now)
  set('granted_at', now)
  note_turn()
  redis.call('ZREM', waiting, ask.run .. '|' .. ask.entry)
  redis.call('PEXPIRE', state, KEEP_MS)
  redis.call('PEXPIRE', log, KEEP_MS)
  redis.call('PEXPIRE', turns, KEEP_MS)
  return {granted = entities}
end

local function acquire()
  if not is_known() then return {is_missing = true} end
  expire()
  local mine = open_entry(ask.entry)
  if mine then return {granted = mine.entities} end -- asked before, but the reply was lost
  local most_allowed = limit()
  local entities, wait, is_paced, allowance = look(most_allowed)
  local before, soonest = ahead()
  if entities > 0 and before > 0 and (is_paced or allowance < (before + 1) * weight_of(ask.most)) then
    entities, wait = 0, math.max(ask.step_ms, soonest - now + ask.step_ms)
  end
  if entities > 0 then return grant(entities, is_paced, most_allowed) end
  wait = math.ceil(math.min(wait + before * ask.step_ms / 4, ask.longest_wait_ms))
  redis.call('ZADD', waiting, now + wait + ask.absent_ms, ask.run .. '|' .. ask.entry)
  redis.call('PEXPIRE', waiting, KEEP_MS)
  return {granted = 0, wait_ms = wait}
end

-- A permit of which nobody knows is put back when its call is out, or when what it was granted under still stands.
local function keep()
  if not is_known() then begin(false) end
  expire()
  local entry = take(ask.entry)
  local is_sure = entry or ask.is_out or get('full_until') > now
  if not is_sure and get('used') + ask.weight > limit() then return {is_lost = true} end
  if entry then unpace(entry.weight - ask.weight) end
  put(ask.entry, ask.weight, ask.entities, entry and entry.granted or now)
  return {}
end

local function give_back()
  redis.call('ZREM', waiting, ask.run .. '|' .. ask.entry)
  local entry = take(ask.entry)
  if entry then unpace(entry.weight) end
  return {}
end

-- Believe the provider where it knows more: a lower limit, or use of the key by somebody else.
local function correct()
  if ask.told_limit and ask.told_limit > 0 then
    if ask.told_limit < ask.limit then set('learned', ask.told_limit) else redis.call('HDEL', state, 'learned') end
  end
  if not (ask.told_limit and ask.told_remaining) then return end
  local unseen = ask.told_limit - math.max(ask.told_remaining, 0) - get('used')
  if unseen > 0 then
    local leaves = now + ask.window_ms
    if ask.told_reset and now < ask.told_reset and ask.told_reset < leaves then leaves = ask.told_reset end
    settle(unseen, leaves)
  end
end

local function settle_entry()
  if not is_known() then begin(false) end
  expire()
  local entry = take(ask.entry) or {weight = ask.weight, granted = now}
  settle(entry.weight, now + ask.window_ms)
  return entry
end

local function answered()
  local entry = settle_entry()
  if entry.granted >= get('refused_at') then set('refused', 0) end -- an older call says nothing about a later 429
  correct()
  return {}
end

local function refused()
  local entry = settle_entry()
  if entry.granted >= get('refused_at') then -- else it is one more of the calls that met the same full window
    add('refused', 1)
    set('refused_at', now)
  end
  local pause = ask.after_ms
  if not pause then pause = 1000 * 2 ^ math.min(math.max(get('refused'), 1) - 1, ask.most_doublings) end
  pause = math.min(math.max(pause, 0), ask.longest_pause_ms)
  set('paused_until', math.max(get('paused_until'), now + math.ceil(pause)))
  set('paced_until', math.max(get('paced_until'), get('paused_until'))) -- a pause is not caught up with
  return {pause_ms = math.ceil(pause)}
end

local function report()
  if not is_known() then return {used = 0, paused_until = 0} end
  expire()
  return {used = get('full_until') > now and limit() or get('used'), paused_until = get('paused_until')}
end

local function start()
  if not is_known() then begin(ask.is_idle) end
  return {}
end

local verbs = {acquire = acquire, keep = keep, give_back = give_back, answered = answered, refused = refused,
  report = report, start = start}
local reply = verbs[ask.verb]()
reply.epoch = redis.call('HGET', state, 'epoch') or ''
reply.limit = limit()
return cjson.encode(reply)
