import type { Redis } from 'ioredis'
import type { Job } from '#domain/job.ts'
import { jobIdOf } from './index-entries.ts'
import { type JobFilter, type JobMetric, matchesFilter } from './job-filter.ts'
import { membersOf } from './members-of.ts'
import { idPrefixAt } from './new-id.ts'
import { redisKeys } from './redis-keys.ts'
import { storedRecord } from './stored-record.ts'

export interface JobQuery {
  filter?: JobFilter
  sort?: 'createdAt' | JobMetric
  order?: 'asc' | 'desc'
  /** `nextAfter` of the page before. */
  after?: string | undefined
  limit: number
}

export interface JobPage {
  jobs: Job[]
  /** Where the next page begins; null when there is none. */
  nextAfter: string | null
}

/** A page is over when so many jobs were looked at, even if it is not full: the work of a request has a bound. */
export const MOST_SCANNED = 1000
const PAGE = 200
/** Ids are made a moment before or after the time that a job says it was created at; clocks of hosts differ. */
const SLACK_MS = 3_600_000

/**
 * A page of jobs. The cursor is a place in an index that stays where it is, so whatever is submitted meanwhile, no job is left out
 * or listed twice, unless the metric that the list is sorted by changes. A list sorted by a metric has only jobs with that metric.
 */
export async function listJobs(redis: Redis, query: JobQuery): Promise<JobPage> {
  const { filter = {}, sort = 'createdAt', order = 'desc', after, limit } = query
  const indexes = sort === 'createdAt' ? await smallestIndexes(redis, filter) : [redisKeys.jobsByMetric(sort)]
  const count = Object.values(filter).some(value => value !== undefined) ? PAGE : limit + 1
  const range = { order, count, after, ...(sort === 'createdAt' && idRange(filter)) }
  const jobs: Job[] = []
  let last: string | undefined
  let scanned = 0
  for await (const members of membersOf(redis, indexes, range)) {
    const loaded = await loadJobs(redis, members.map(jobIdOf))
    for (const [index, job] of loaded.entries()) {
      if (!job || !matchesFilter(job, filter)) continue
      if (jobs.length === limit) return { jobs, nextAfter: last! }
      jobs.push(job)
      last = members[index]!
    }
    scanned += members.length
    if (scanned >= MOST_SCANNED && members.length === count) return { jobs, nextAfter: members.at(-1)! }
  }
  return { jobs, nextAfter: null }
}

/** The indexes that together hold every job the filter lets through, and as few others as can be. */
async function smallestIndexes(redis: Redis, { statuses, labels }: JobFilter): Promise<string[]> {
  const choices = Object.entries(labels ?? {}).map(([key, value]) => [redisKeys.jobsByLabel(key, value)])
  if (statuses && statuses.length > 0) choices.push([...new Set(statuses)].map(redisKeys.jobsByStatus))
  if (choices.length <= 1) return choices[0] ?? [redisKeys.allJobs]
  const sizes = await Promise.all(choices.map(keys => sizeOf(redis, keys)))
  return choices[sizes.indexOf(Math.min(...sizes))]!
}

async function sizeOf(redis: Redis, keys: readonly string[]): Promise<number> {
  const sizes = await Promise.all(keys.map(key => redis.zcard(key)))
  return sizes.reduce((sum, size) => sum + size, 0)
}

function idRange({ createdAfter, createdBefore }: JobFilter) {
  return {
    from: createdAfter && idPrefixAt('job', createdAfter.getTime() - SLACK_MS),
    below: createdBefore && idPrefixAt('job', createdBefore.getTime() + SLACK_MS),
  }
}

async function loadJobs(redis: Redis, ids: readonly string[]): Promise<(Job | undefined)[]> {
  if (ids.length === 0) return []
  const pipeline = redis.pipeline()
  for (const id of ids) pipeline.hget(redisKeys.job(id), 'state')
  const answers = (await pipeline.exec()) ?? []
  return answers.map(([, state], index) =>
    typeof state === 'string' ? storedRecord<Job>(ids[index]!, state) : undefined,
  )
}
