import type { Redis } from 'ioredis'
import { type JobFilter, type JobMetric, matchesFilter } from './job-filter.ts'
import { type JobPage, readJobPage } from './job-page.ts'
import { idPrefixAt } from './new-id.ts'
import { type TenantKeys, tenantKeys } from './redis-keys.ts'

export interface JobQuery {
  filter?: JobFilter
  sort?: 'createdAt' | JobMetric
  order?: 'asc' | 'desc'
  /** `nextAfter` of the previous page. */
  after?: string | undefined
  limit: number
}

/** The time in an id may differ slightly from the `createdAt` of its job, and the clocks of hosts differ. */
const SLACK_MS = 3_600_000

/** Finds the jobs of a tenant by status, label, time and metric. The job store's scripts keep the indexes up to date. */
export class JobIndex {
  readonly #redis: Redis
  readonly #keys: TenantKeys

  constructor(redis: Redis, tenant: string) {
    this.#redis = redis
    this.#keys = tenantKeys(tenant)
  }

  /**
   * A page of jobs, as `readJobPage` reads it. A list sorted by a metric contains only jobs that have this metric; a job whose metric
   * changes meanwhile may be left out or listed twice.
   */
  async list(query: JobQuery): Promise<JobPage> {
    const { filter = {}, sort = 'createdAt', order = 'desc', after, limit } = query
    const isByTime = sort === 'createdAt'
    const indexes = isByTime ? await this.#smallestIndexes(filter) : [this.#keys.jobsByMetric(sort)]
    const range = { order, count: limit + 1, grows: true, after, ...(isByTime && idRange(filter)) }
    return await readJobPage(this.#redis, {
      indexes,
      range,
      limit,
      accepts: job => matchesFilter(job, filter),
    })
  }

  /** The indexes that together contain every job that the filter accepts, and as few others as possible. */
  async #smallestIndexes({ statuses, labels, sweepId }: JobFilter): Promise<string[]> {
    const choices = Object.entries(labels ?? {}).map(([key, value]) => [this.#keys.jobsByLabel(key, value)])
    if (statuses && statuses.length > 0) choices.push([...new Set(statuses)].map(this.#keys.jobsByStatus))
    if (sweepId !== undefined) choices.push([this.#keys.jobsBySweep(sweepId)])
    if (choices.length <= 1) return choices[0] ?? [this.#keys.allJobs]
    const sizes = await Promise.all(choices.map(keys => this.#sizeOf(keys)))
    return choices[sizes.indexOf(Math.min(...sizes))]!
  }

  async #sizeOf(keys: readonly string[]): Promise<number> {
    const sizes = await Promise.all(keys.map(key => this.#redis.zcard(key)))
    return sizes.reduce((sum, size) => sum + size, 0)
  }
}

function idRange({ createdAfter, createdBefore }: JobFilter) {
  return {
    from: createdAfter && idPrefixAt('job', createdAfter.getTime() - SLACK_MS),
    below: createdBefore && idPrefixAt('job', createdBefore.getTime() + SLACK_MS),
  }
}
