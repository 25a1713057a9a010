import type { Redis } from 'ioredis'
import type { Job, JobStatus } from '#domain/job.ts'
import { type JobPage, readJobPage } from './job-page.ts'
import { PAGE } from './members-of.ts'
import { type TenantKeys, tenantKeys } from './redis-keys.ts'

export interface AnalysisQuery {
  kind?: string | undefined
  /** One of the analysed jobs. */
  jobId?: string | undefined
  statuses?: readonly JobStatus[] | undefined
  /** `nextAfter` of the previous page. */
  after?: string | undefined
  limit: number
}

/** Finds the analyses of a tenant. The job store's scripts keep the indexes up to date. */
export class AnalysisIndex {
  readonly #redis: Redis
  readonly #keys: TenantKeys

  constructor(redis: Redis, tenant: string) {
    this.#redis = redis
    this.#keys = tenantKeys(tenant)
  }

  /** A page of analyses, newest first, as `JobIndex.list` reads jobs. */
  async list(query: AnalysisQuery): Promise<JobPage> {
    const { after, limit } = query
    const isFiltered = query.kind !== undefined || query.jobId !== undefined || query.statuses !== undefined
    return await readJobPage(this.#redis, {
      indexes: indexesFor(query, this.#keys),
      range: { order: 'desc', count: isFiltered ? PAGE : limit + 1, after },
      limit,
      accepts: job => matches(job, query),
    })
  }
}

/** A job has few analyses, so its index is the smallest. */
function indexesFor({ jobId, statuses }: AnalysisQuery, keys: TenantKeys): string[] {
  if (jobId !== undefined) return [keys.analysesByJob(jobId)]
  if (statuses && statuses.length > 0) return [...new Set(statuses)].map(keys.analysesByStatus)
  return [keys.allAnalyses]
}

function matches({ status, analysis }: Job, { kind, jobId, statuses }: AnalysisQuery): boolean {
  // A record that cannot be read is accepted here; the api leaves it out of its answer and logs it.
  if (!analysis?.jobs) return true
  return (
    (kind === undefined || analysis.kind === kind) &&
    (jobId === undefined || analysis.jobs.some(({ id }) => id === jobId)) &&
    (!statuses || statuses.includes(status))
  )
}
