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
export function requireAllowed(spec: TrainingSpec, allowed: Allowed): void {
  const mistakes = limitMistakes(spec, allowed)
  if (mistakes.length > 0) throw exceedsLimit(mistakes)
}

/** The fields of a spec that exceed a quota which limits every single job. */
export function limitMistakes(spec: TrainingSpec, { tenant, key }: Allowed): Mistake[] {
  return [...mistakesUnder(spec, tenant, 'tenant'), ...mistakesUnder(spec, key, 'key')]
}

function mistakesUnder(spec: TrainingSpec, { modelParameters, epochs }: Quotas, of: string): Mistake[] {
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
