import { JobStatus } from '#domain/job.ts'
import type { Stores } from '#stores/connect.ts'
import { redisKeys } from '#stores/redis-keys.ts'

/** The number of stored jobs in each status. */
export async function countJobs({ redis }: Pick<Stores, 'redis'>): Promise<Map<JobStatus, number>> {
  const counts = JobStatus.options.map(
    async status => [status, await redis.zcard(redisKeys.jobsByStatus(status))] as const,
  )
  return new Map(await Promise.all(counts))
}
