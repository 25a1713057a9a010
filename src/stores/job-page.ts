import type { Redis } from 'ioredis'
import type { Job } from '#domain/job.ts'
import { jobIdOf } from './index-entries.ts'
import { decodeJob } from './job-record.ts'
import { type MemberRange, MOST_SCANNED, membersOf, PAGE } from './members-of.ts'
import { redisKeys } from './redis-keys.ts'

export interface JobPage {
  jobs: Job[]
  /** The cursor of the next page; null on the last page. */
  nextAfter: string | null
}

interface PageQuery {
  /** Indexes that together contain every job that is accepted. */
  indexes: readonly string[]
  range: MemberRange
  limit: number
  accepts(job: Job): boolean
}

/**
 * A page of the jobs in some indexes. The cursor is a fixed position in an index, so no job is left out or listed twice while others are
 * submitted.
 * @returns fewer than `limit` and a `nextAfter` when nearly `MOST_SCANNED` jobs were read
 */
export async function readJobPage(
  redis: Redis,
  { indexes, range, limit, accepts }: PageQuery,
): Promise<JobPage> {
  const jobs: Job[] = []
  let last: string | undefined
  let scanned: string[] = []
  let count = 0
  for await (const members of membersOf(redis, indexes, range)) {
    if (count > MOST_SCANNED - PAGE && members.length > 0) return { jobs, nextAfter: scanned.at(-1)! }
    const loaded = await loadJobs(redis, members.map(jobIdOf))
    for (const [index, job] of loaded.entries()) {
      if (!job || !accepts(job)) continue
      if (jobs.length === limit) return { jobs, nextAfter: last! }
      jobs.push(job)
      last = members[index]!
    }
    scanned = members
    count += members.length
  }
  return { jobs, nextAfter: null }
}

/** A job that cannot be read becomes an object with only its id, so that it cannot fail the whole list; `showable` leaves it out. */
function readableJob(id: string, state: string, fixed: string | null | undefined): Job {
  try {
    return { ...decodeJob(state, fixed ? JSON.parse(fixed) : undefined), id }
  } catch {
    return { id } as Job
  }
}

async function loadJobs(redis: Redis, ids: readonly string[]): Promise<(Job | undefined)[]> {
  if (ids.length === 0) return []
  const pipeline = redis.pipeline()
  for (const id of ids) pipeline.hmget(redisKeys.job(id), 'state', 'fixed')
  const answers = (await pipeline.exec()) ?? []
  return answers.map(([, texts], index) => {
    const [state, fixed] = (texts ?? []) as (string | null)[]
    return state ? readableJob(ids[index]!, state, fixed) : undefined
  })
}
