import { JobStatus } from '#domain/job.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { tenantKeys } from '#stores/redis-keys.ts'

/** The number of stored jobs of all tenants in each status. */
export async function countJobs({
  redis,
  tenants,
}: Pick<ServiceStores, 'redis' | 'tenants'>): Promise<Map<JobStatus, number>> {
  const keys = (await tenants()).map(tenantKeys)
  const counts = JobStatus.options.map(async status => {
    const sizes = await Promise.all(keys.map(({ jobsByStatus }) => redis.zcard(jobsByStatus(status))))
    return [status, sizes.reduce((sum, size) => sum + size, 0)] as const
  })
  return new Map(await Promise.all(counts))
}
