import type { Redis } from 'ioredis'
import { DEFAULT_TENANT } from '#access/owner.ts'
import { hasStopped } from '#domain/job.ts'
import { indexEntries } from './index-entries.ts'
import { bytesOf, decodeJob } from './job-record.ts'
import { LANE_FUNCTIONS, laneKeys, laneOf } from './lane.ts'
import { membersOf, PAGE } from './members-of.ts'
import { redisKeys, tenantKeys } from './redis-keys.ts'
import { Script } from './script.ts'
import { BYTES_FUNCTIONS, bytesKeys } from './stored-bytes.ts'

/** The version of the indexes; a store with another one has jobs that are not in all of them. */
const VERSION = '3'

/** KEYS: job, 2 of bytes, 7 of the lane, indexes... ARGV: state, id, lane, bytes, release (0 or 1), now, (score, member) of the indexes... */
const ADD = new Script(`
${LANE_FUNCTIONS}
${BYTES_FUNCTIONS}
if redis.call('HGET', KEYS[1], 'state') ~= ARGV[1] then return 0 end
setBytes(2, ARGV[2], ARGV[3], tonumber(ARGV[4]))
if ARGV[5] == '1' then release(4, ARGV[2], ARGV[6]) end
for i = 11, #KEYS do redis.call('ZADD', KEYS[i], ARGV[2 * i - 15], ARGV[2 * i - 14]) end
return 1`)

/**
 * Adds the jobs and analyses of earlier versions to the indexes that those versions did not have. Their unfinished jobs count as released
 * to the workers, because they are in BullMQ.
 */
export async function addOlderJobs(redis: Redis): Promise<void> {
  if ((await redis.get(redisKeys.jobIndexes)) === VERSION) return
  const { allJobs, allAnalyses } = tenantKeys(DEFAULT_TENANT)
  for await (const ids of membersOf(redis, [allJobs, allAnalyses], { order: 'asc', count: PAGE }))
    for (const id of ids) while (!(await addJob(redis, id))) {}
  await redis.set(redisKeys.jobIndexes, VERSION)
}

/** @returns false if the job was changed meanwhile */
async function addJob(redis: Redis, id: string): Promise<boolean> {
  const [state, fixed] = await redis.hmget(redisKeys.job(id), 'state', 'fixed')
  // A job of this version is in the indexes already.
  if (!state || fixed) return true
  const job = decodeJob(state, undefined)
  const lane = laneOf(job)
  const entries = indexEntries(job)
  const keys = [
    redisKeys.job(id),
    ...bytesKeys(lane.tenant),
    ...laneKeys(lane),
    ...entries.map(({ key }) => key),
  ]
  const members = entries.flatMap(({ score = 0, member }) => [score, member])
  const args = [state, id, lane.name, bytesOf(job), hasStopped(job.status) ? 0 : 1, Date.now(), ...members]
  return (await ADD.run(redis, keys, args)) === 1
}
