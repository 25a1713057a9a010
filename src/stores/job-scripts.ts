import type { Redis } from 'ioredis'
import { tenantOf } from '#access/owner.ts'
import type { QuotaUse } from '#access/quotas.ts'
import type { JobEvent } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import { ANNOUNCE_FUNCTION, ANNOUNCE_KEYS, announcedEvents } from './announced-events.ts'
import { type IndexEntry, indexChanges, indexEntries } from './index-entries.ts'
import { bytesOf, encodeFixed, encodeState, type StoredJob } from './job-record.ts'
import { LANE_FUNCTIONS, laneKeys, laneMove, laneOf, laneScore } from './lane.ts'
import type { Trim } from './plan-trim.ts'
import { redisKeys, tenantKeys } from './redis-keys.ts'
import { Script } from './script.ts'
import { BYTES_FUNCTIONS, bytesKeys, limitArgs, quotaUseOf, type StorageLimits } from './stored-bytes.ts'

/** A record that is stored together with a job, once, and expires. */
export interface ExpiringRecord {
  key: string
  text: string
  seconds: number
}

/** Limits that are checked in the atomic step that stores a job; absent ones do not apply. */
export interface CreationLimits extends StorageLimits {
  queuedJobs?: number | undefined
  queuedJobsOfKey?: number | undefined
}

/** The statuses that the quota of queued jobs counts. */
const PENDING = ['queued', 'paused'] as const

/** What became of a new job. */
export type Created =
  | { type: 'stored' /** Jobs that are released to workers. */; released: number }
  | { type: 'replayed'; record: string }
  | { type: 'refused'; use: QuotaUse }
  /** Its dataset was deleted meanwhile. */
  | { type: 'orphaned' }

/**
 * KEYS: job, record, 4 of pending jobs, pending of the lane, dataset, 2 of bytes, 7 of the lane, indexes...
 * ARGV: state, fixed, record or '', its seconds, id, tenant, lane, score, bytes, 4 limits, whether it needs the dataset (0 or 1),
 * (score, member) of the indexes...
 */
const CREATE = new Script(`
${LANE_FUNCTIONS}
${BYTES_FUNCTIONS}
if ARGV[3] ~= '' then
  local found = redis.call('GET', KEYS[2])
  if found then return {'replayed', found} end
end
if redis.call('EXISTS', KEYS[1]) == 1 then return {'stored', redis.call('ZCARD', KEYS[15])} end
if ARGV[14] == '1' and redis.call('EXISTS', KEYS[8]) == 0 then return {'orphaned'} end
local pending = 0
for i = 3, 6 do pending = pending + redis.call('ZCARD', KEYS[i]) end
local refused = refusal('queuedJobs', 'tenant', pending, 1, ARGV[10])
  or refusal('queuedJobs', 'key', redis.call('ZCARD', KEYS[7]), 1, ARGV[11])
  or refuseBytes(9, ARGV[7], tonumber(ARGV[9]), ARGV[12], ARGV[13])
if refused then return refused end
if ARGV[3] ~= '' then redis.call('SET', KEYS[2], ARGV[3], 'EX', ARGV[4]) end
redis.call('HSET', KEYS[1], 'state', ARGV[1], 'fixed', ARGV[2])
setBytes(9, ARGV[5], ARGV[7], tonumber(ARGV[9]))
wait(11, ARGV[5], ARGV[8], ARGV[6], ARGV[7])
for i = 18, #KEYS do redis.call('ZADD', KEYS[i], ARGV[2 * i - 21], ARGV[2 * i - 20]) end
return {'stored', redis.call('ZCARD', KEYS[15])}`)

/**
 * KEYS: job, events, 2 of the outbox, 2 of bytes, 7 of the lane, indexes to leave..., indexes to join..., archive
 * ARGV: state before, state after, fixed or '', channel, channel of sweeps, sweep or '', id, tenant, lane, move, score, now, bytes, number of
 * indexes to leave, number of announced events, first seq that the history keeps or '', batch for the archive or '', (score, member) of the
 * indexes..., announced events..., (seq, event)...
 */
const COMMIT = new Script(`
${ANNOUNCE_FUNCTION}
${LANE_FUNCTIONS}
${BYTES_FUNCTIONS}
local state = redis.call('HGET', KEYS[1], 'state')
if state == ARGV[2] then return 1 end
if state ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[2])
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'fixed', ARGV[3]) end
local id, move = ARGV[7], ARGV[10]
if move == 'wait' then
  endRelease(7, id)
  wait(7, id, ARGV[11], ARGV[8], ARGV[9])
elseif move == 'release' or move == 'leave' then
  stopWaiting(7, id, ARGV[8], ARGV[9])
  if move == 'release' then release(7, id, ARGV[12]) else endRelease(7, id) end
elseif move == 'rescore' then
  redis.call('ZADD', KEYS[7], 'XX', ARGV[11], id)
end
setBytes(5, id, ARGV[9], tonumber(ARGV[13]))
local leaving, at = tonumber(ARGV[14]), 18
for i = 14, #KEYS - 1 do
  if i - 13 <= leaving then redis.call('ZREM', KEYS[i], ARGV[at + 1]) else redis.call('ZADD', KEYS[i], ARGV[at], ARGV[at + 1]) end
  at = at + 2
end
local announced = tonumber(ARGV[15])
for i = at, at + announced - 1 do announce(3, ARGV[8], ARGV[i]) end
at = at + announced
for i = at, #ARGV, 2 do
  redis.call('XADD', KEYS[2], ARGV[i] .. '-0', 'event', ARGV[i + 1])
  redis.call('PUBLISH', ARGV[4], ARGV[i + 1])
end
if ARGV[16] ~= '' then
  if ARGV[17] ~= '' then redis.call('RPUSH', KEYS[#KEYS], ARGV[17]) end
  redis.call('XTRIM', KEYS[2], 'MINID', ARGV[16] .. '-0')
end
if ARGV[6] ~= '' and at <= #ARGV then redis.call('PUBLISH', ARGV[5], ARGV[6]) end
return 1`)

/** KEYS: job, events, progress, exports, 2 of bytes, 7 of the lane, indexes..., archive. ARGV: id, tenant, lane, members of the indexes... */
const DELETE = new Script(`
${LANE_FUNCTIONS}
${BYTES_FUNCTIONS}
stopWaiting(7, ARGV[1], ARGV[2], ARGV[3])
endRelease(7, ARGV[1])
setBytes(5, ARGV[1], ARGV[3], 0)
setBytes(5, ARGV[1] .. ':exports', ARGV[3], 0)
for i = 14, #KEYS - 1 do redis.call('ZREM', KEYS[i], ARGV[i - 10]) end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[#KEYS])
return 1`)

/**
 * Stores a waiting job, its index entries and the record, in one atomic step. A job that already exists is not changed.
 * @returns the record that was there before, the quota that is used up, or that the dataset does not exist: nothing was stored
 */
export async function createJob(
  redis: Redis,
  job: Job,
  { record, limits = {} }: { record?: ExpiringRecord; limits?: CreationLimits } = {},
): Promise<Created> {
  const indexes = indexEntries(job)
  const lane = laneOf(job)
  const of = tenantKeys(lane.tenant)
  const { dataset } = job.spec
  const keys = [
    redisKeys.job(job.id),
    record?.key ?? redisKeys.idempotency(''),
    ...PENDING.flatMap(status => [of.jobsByStatus(status), of.analysesByStatus(status)]),
    of.pendingOf(lane.name),
    redisKeys.record('dataset', dataset.id),
    ...bytesKeys(lane.tenant),
    ...laneKeys(lane),
    ...indexes.map(keyOf),
  ]
  const needsDataset = dataset.upload ? 1 : 0
  const { queuedJobs, queuedJobsOfKey, storedBytes, storedBytesOfKey } = limits
  const args = [
    ...[encodeState(job), encodeFixed(job), record?.text ?? '', record?.seconds ?? 0],
    ...[job.id, lane.tenant, lane.name, laneScore(job), bytesOf(job)],
    ...limitArgs([queuedJobs, queuedJobsOfKey, storedBytes, storedBytesOfKey]),
    needsDataset,
    ...indexes.flatMap(scoredMember),
  ]
  const answer = (await CREATE.run(redis, keys, args)) as [Created['type'], ...unknown[]]
  const [type, detail] = answer
  if (type === 'replayed') return { type, record: detail as string }
  if (type === 'orphaned') return { type }
  return type === 'stored' ? { type, released: Number(detail) } : { type, use: quotaUseOf(answer) }
}

/**
 * Replaces a job's state, moves it between the indexes and lanes, and appends, publishes and announces its events, in one atomic step.
 * Events wake the sweep of the job.
 * @returns false, and changes nothing, if the stored state was no longer that of `before`
 */
export async function commitJob(redis: Redis, { before, after, events, trim }: JobChange): Promise<boolean> {
  const { job, state: stateBefore, isSplit } = before
  const { left, joined } = indexChanges(job, after)
  const changed = [...left, ...joined]
  const lane = laneOf(after)
  const announced = announcedEvents(after, events)
  const keys = [
    redisKeys.job(after.id),
    redisKeys.events(after.id),
    ...ANNOUNCE_KEYS,
    ...bytesKeys(lane.tenant),
    ...laneKeys(lane),
    ...changed.map(keyOf),
    redisKeys.archive(after.id),
  ]
  const fixed = isSplit ? '' : encodeFixed(after)
  const args = [
    ...[stateBefore, encodeState(after), fixed, redisKeys.jobChannel(after.id), redisKeys.sweepChannel],
    ...[after.sweepId ?? '', after.id, lane.tenant, lane.name, laneMove(job, after), laneScore(after)],
    ...[Date.now(), bytesOf(after), left.length, announced.length],
    ...[trim ? trim.to + 1 : '', trim?.archived ?? ''],
    ...changed.flatMap(scoredMember),
    ...announced.map(event => JSON.stringify(event)),
    ...events.flatMap(event => [event.seq, JSON.stringify(event)]),
  ]
  return (await COMMIT.run(redis, keys, args)) === 1
}

/** A change of a job: of its state, labels and priority. */
export interface JobChange {
  before: StoredJob
  after: Job
  events: readonly JobEvent[]
  trim?: Trim | undefined
}

/** Deletes a job with its events, progress, exports and index entries. */
export async function deleteJob(redis: Redis, job: Job): Promise<void> {
  const indexes = indexEntries(job)
  const lane = laneOf(job)
  const { id } = job
  const keys = [
    ...[redisKeys.job(id), redisKeys.events(id), redisKeys.progress(id), redisKeys.exports(id)],
    ...bytesKeys(tenantOf(job)),
    ...laneKeys(lane),
    ...indexes.map(keyOf),
    redisKeys.archive(id),
  ]
  await DELETE.run(redis, keys, [id, lane.tenant, lane.name, ...indexes.map(({ member }) => member)])
}

const keyOf = ({ key }: IndexEntry) => key
const scoredMember = ({ score = 0, member }: IndexEntry) => [score, member]
