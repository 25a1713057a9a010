import pLimit from 'p-limit'
import { type Job, queuedJob } from '#domain/job.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { newId } from '#stores/new-id.ts'
import { keyOf } from '#test/support/key-of.ts'

export interface Tenant {
  name: string
  keyId: string
  headers: Record<string, string>
}

/** How jobs are filled in. */
export interface Filling {
  labels?: boolean
  idempotencyKeys?: boolean
}

export const PREFIXES = ['day', 'night', 'trial'] as const
export const TEAMS = ['vision', 'speech', 'text', 'tables', 'robots'] as const

const AT_ONCE = 500

export async function createTenants(stores: ServiceStores, count: number): Promise<Tenant[]> {
  const names = Array.from({ length: count }, (_, index) => `team-${index}`)
  return await Promise.all(
    names.map(async name => {
      const { id: keyId, headers } = await keyOf(stores as Parameters<typeof keyOf>[0], { tenant: name })
      return { name, keyId, headers }
    }),
  )
}

/** Stores queued jobs of all tenants in turn, in the way in which a submission does. @returns the jobs among the last ones, with their tenants */
export async function fill(
  stores: ServiceStores,
  tenants: readonly Tenant[],
  count: number,
  { labels = true, idempotencyKeys = false }: Filling = {},
): Promise<Placed[]> {
  const bound = tenants.map(({ name, keyId }) => stores.of({ tenant: name, keyId }).jobs)
  const { spec, warnings } = resolveSpec(JobRequest.parse(bodyOf(0, labels)))
  const limited = pLimit(AT_ONCE)
  const placed: Placed[] = []
  const store = async (index: number) => {
    const tenant = tenants[index % tenants.length]!
    const { name, labels: given = {} } = bodyOf(index, labels)
    const details = {
      warnings,
      createdAt: new Date().toISOString(),
      name,
      tenant: tenant.name,
      keyId: tenant.keyId,
    }
    const job = queuedJob(newId('job'), { ...spec, labels: given }, details)
    const claim = { scope: `${tenant.keyId} POST /v1/jobs ${job.id}`, bodyDigest: 'f'.repeat(64) }
    const created = await bound[index % tenants.length]!.create(job, idempotencyKeys ? { claim } : {})
    if (created.type !== 'stored') throw new Error(`A job was not stored: ${created.type}`)
    placed.push({ job, tenant })
    if (placed.length > 2 * MOST_PLACED) placed.splice(0, MOST_PLACED)
  }
  // A promise for each of a million jobs at once would need more memory than the jobs.
  for (let from = 0; from < count; from += 10 * AT_ONCE) {
    const indexes = Array.from({ length: Math.min(10 * AT_ONCE, count - from) }, (_, index) => from + index)
    await Promise.all(indexes.map(index => limited(() => store(index))))
  }
  return placed
}

const MOST_PLACED = 10_000

/** A stored job and its tenant. */
export interface Placed {
  job: Job
  tenant: Tenant
}

/** The body of a submission. */
export function bodyOf(index: number, hasLabels = true) {
  return {
    name: `${PREFIXES[index % PREFIXES.length]}-${index}`,
    model: { preset: 'mnist-mlp' as const },
    optimizer: { name: 'grda' as const, learningRate: 0.005, c: 0.005, mu: 0.51 },
    epochs: 150,
    ...(hasLabels && { labels: { team: TEAMS[index % TEAMS.length]!, branch: 'main' } }),
  }
}
