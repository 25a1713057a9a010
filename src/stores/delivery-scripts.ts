import { Script } from './script.ts'

/** Keeps the webhook's place among all webhooks with pending deliveries: the time of the first one. */
const PLACE_WEBHOOK = `
local function placeWebhook(due, webhooks)
  local first = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
  if first[2] then redis.call('ZADD', webhooks, first[2], ARGV[1]) else redis.call('ZREM', webhooks, ARGV[1]) end
end`

/** KEYS: deliveries, due, due webhooks, ids, ended, webhook. ARGV: webhook, id, delivery, its time. Returns the number of pending ones. */
export const ADD = new Script(`${PLACE_WEBHOOK}
if redis.call('EXISTS', KEYS[6]) == 0 then return 0 end
if redis.call('HSETNX', KEYS[1], ARGV[2], ARGV[3]) == 1 then
  redis.call('ZADD', KEYS[2], ARGV[4], ARGV[2])
  redis.call('ZADD', KEYS[4], 0, ARGV[2])
  placeWebhook(KEYS[2], KEYS[3])
end
return redis.call('ZCARD', KEYS[2])`)

/** KEYS: due, due webhooks. ARGV: webhook, now, end of the claim, count. Returns the ids. */
export const CLAIM = new Script(`${PLACE_WEBHOOK}
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2], 'LIMIT', 0, ARGV[4])
for _, id in ipairs(ids) do redis.call('ZADD', KEYS[1], ARGV[3], id) end
placeWebhook(KEYS[1], KEYS[2])
return ids`)

/** Deletes up to a hundred of the deliveries that have ended: those before a time, and the oldest of more than `most`. */
const TRIM_ENDED = `
local function trimEnded(deliveries, ids, ended, most, before)
  local excess = math.min(redis.call('ZCARD', ended) - tonumber(most), 100)
  local old = redis.call('ZRANGEBYSCORE', ended, '-inf', before, 'LIMIT', 0, 100)
  if excess > #old then old = redis.call('ZRANGE', ended, 0, excess - 1) end
  for _, id in ipairs(old) do
    redis.call('HDEL', deliveries, id)
    redis.call('ZREM', ids, id)
    redis.call('ZREM', ended, id)
  end
  return #old
end`

/**
 * KEYS: deliveries, due, due webhooks, ids, ended. ARGV: webhook, id, before, after, time of the next attempt or '', now, most ended, time
 * before which an ended one is deleted. Returns 1 if the delivery is now `after`.
 */
export const COMMIT = new Script(`${PLACE_WEBHOOK}${TRIM_ENDED}
local found = redis.call('HGET', KEYS[1], ARGV[2])
if found == ARGV[4] then return 1 end
if found ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[4])
if ARGV[5] == '' then
  redis.call('ZREM', KEYS[2], ARGV[2])
  redis.call('ZADD', KEYS[5], ARGV[6], ARGV[2])
else
  redis.call('ZADD', KEYS[2], ARGV[5], ARGV[2])
  redis.call('ZREM', KEYS[5], ARGV[2])
end
placeWebhook(KEYS[2], KEYS[3])
trimEnded(KEYS[1], KEYS[4], KEYS[5], ARGV[7], ARGV[8])
return 1`)

/** KEYS: deliveries, ids, ended. ARGV: most ended, time before which an ended one is deleted. Returns the number of deleted ones. */
export const TRIM = new Script(`${TRIM_ENDED}
return trimEnded(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2])`)
