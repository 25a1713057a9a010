import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { modelMetadata } from '#formats/model-metadata.ts'
import { planCounts } from '#formats/sparse/plan.ts'
import { sizeOfPlans } from '#formats/sparse-safetensors.ts'
import { isExcluded } from '#network/excluded-variables.ts'
import { elementCount } from '#network/shape.ts'
import { parameterCount, statisticsOf, variablesOf } from '#network/variables.ts'
import { thresholdOf } from '#optimization/optimizer-spec.ts'

const ROUNDS = 30

/**
 * The lowest sparsity at which model.sparse.safetensors has at most this size, with its header and the statistics of normalizations: 0 if the
 * file is small enough without any zero, and that of a single weight if none is small enough.
 * @param nonzeroAt the numbers of non-zero values by variable at a sparsity; by default the same share of every variable that a cut changes
 */
export function sparsityWithin(
  spec: TrainingSpec,
  bytes: number,
  nonzeroAt = (sparsity: number) => evenCounts(spec, sparsity),
): number {
  const sizeOf = fileSize(spec)
  if (sizeOf(nonzeroAt(0)) <= bytes) return 0
  let [low, high] = [0, 1 - 1 / parameterCount(topologyOf(spec.model))]
  for (let round = 0; round < ROUNDS; round++) {
    const middle = (low + high) / 2
    if (sizeOf(nonzeroAt(middle)) <= bytes) high = middle
    else low = middle
  }
  return high
}

/** Non-zero values by variable, in model order, with no zeros in excluded variables and the same share in each of the others. */
function evenCounts({ model, optimizer }: TrainingSpec, sparsity: number): number[] {
  const exclude = thresholdOf(optimizer)?.exclude ?? []
  const variables = variablesOf(topologyOf(model)).map(variable => ({
    size: variable.size,
    isFixed: isExcluded(variable, exclude),
  }))
  const sumOf = (counted: readonly { size: number }[]) => counted.reduce((sum, { size }) => sum + size, 0)
  const cuttable = sumOf(variables.filter(({ isFixed }) => !isFixed))
  const zeros = cuttable === 0 ? 0 : Math.min(1, (sparsity * sumOf(variables)) / cuttable)
  return variables.map(({ size, isFixed }) => (isFixed ? size : size * (1 - zeros)))
}

/** @returns the size in bytes of model.sparse.safetensors if the non-zeros of each variable are at random indices */
export function fileSize(spec: TrainingSpec): (nonzero: readonly number[]) => number {
  const topology = topologyOf(spec.model)
  const variables = variablesOf(topology)
  const metadata = modelMetadata({ spec })
  const statistics = statisticsOf(topology).map(({ name, shape }) => {
    const size = elementCount(shape)
    return planCounts(name, shape, { size, nonzero: size, fillers: 0 })
  })
  return nonzero => {
    const plans = variables.map(({ name, shape, size }, index) => {
      const count = Math.round(nonzero[index]!)
      return planCounts(name, shape, { size, nonzero: count, fillers: expectedFillers(count, size) })
    })
    return sizeOfPlans([...plans, ...statistics], metadata)
  }
}

/** The gap before a non-zero is geometric; each whole 256 elements of it take one filler: n q / (1 - q), q = (1 - density)^256. */
function expectedFillers(nonzero: number, size: number): number {
  const q = (1 - nonzero / size) ** 256
  return q === 1 ? 0 : Math.round((nonzero * q) / (1 - q))
}
