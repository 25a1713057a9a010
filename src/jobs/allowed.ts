import { exceedsLimit } from '#access/quota-exceeded.ts'
import type { Quotas } from '#access/quotas.ts'
import type { Mistake } from '#domain/error.ts'
import { totalEpochs } from '#domain/phases.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { parameterCount } from '#network/variables.ts'
import type { CreationLimits } from '#stores/job-scripts.ts'
import { storageLimits } from '#stores/stored-bytes.ts'
import type { Allowed } from '#stores/tenant-limits.ts'

/** The quotas that are checked in the atomic step that stores a job. */
export function creationLimits(allowed: Allowed): CreationLimits {
  const { tenant, key } = allowed
  return { queuedJobs: tenant.queuedJobs, queuedJobsOfKey: key.queuedJobs, ...storageLimits(allowed) }
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
