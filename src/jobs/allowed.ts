import type { Quotas } from '#access/quotas.ts'
import type { Mistake } from '#domain/error.ts'
import { totalEpochs } from '#domain/phases.ts'
import type { ExpiresAfter } from '#domain/retention.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { parameterCount } from '#network/variables.ts'
import type { Stores } from '#stores/connect.ts'
import type { CreationLimits } from '#stores/job-scripts.ts'
import { exceedsLimit } from './quota-exceeded.ts'
import { keyQuotas, tenantLimits } from './tenant-limits.ts'

/** What a caller may use, and the retention of its jobs. */
export interface Allowed {
  tenant: Quotas
  key: Quotas
  /** Of jobs whose request does not have it. */
  expiresAfterSeconds: ExpiresAfter | undefined
}

export async function allowedTo(stores: Pick<Stores, 'owner' | 'tenantSettings' | 'keys'>): Promise<Allowed> {
  const { tenant, keyId } = stores.owner
  const [{ quotas, expiresAfterSeconds }, key] = await Promise.all([
    tenantLimits(stores, tenant),
    keyQuotas(stores, keyId),
  ])
  return { tenant: quotas, key, expiresAfterSeconds }
}

/** The quotas that are checked in the atomic step that stores a job. */
export function creationLimits({ tenant, key }: Allowed): CreationLimits {
  return {
    queuedJobs: tenant.queuedJobs,
    queuedJobsOfKey: key.queuedJobs,
    storedBytes: tenant.storedBytes,
    storedBytesOfKey: key.storedBytes,
  }
}

/** @throws AppError `limit_exceeded` for a spec that a quota never allows */
export function requireAllowed(spec: TrainingSpec, { tenant, key }: Allowed): void {
  const mistakes = [...limitMistakes(spec, tenant, 'tenant'), ...limitMistakes(spec, key, 'key')]
  if (mistakes.length > 0) throw exceedsLimit(mistakes)
}

function limitMistakes(spec: TrainingSpec, { modelParameters, epochs }: Quotas, of: string): Mistake[] {
  const mistakes: Mistake[] = []
  const parameters = modelParameters === undefined ? 0 : parameterCount(topologyOf(spec.model))
  if (modelParameters !== undefined && parameters > modelParameters)
    mistakes.push({
      path: 'model',
      message: `has ${parameters} parameters; the quota modelParameters of the ${of} is ${modelParameters}`,
    })
  if (epochs !== undefined && totalEpochs(spec) > epochs)
    mistakes.push({
      path: 'epochs',
      message: `${totalEpochs(spec)} with all phases; the quota epochs of the ${of} is ${epochs}`,
    })
  return mistakes
}
