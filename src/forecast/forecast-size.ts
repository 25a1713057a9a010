import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { modelMetadata } from '#formats/model-metadata.ts'
import { planCounts } from '#formats/sparse/plan.ts'
import { sizeOfPlans } from '#formats/sparse-safetensors.ts'
import { statisticsOf, variablesOf } from '#network/variables.ts'
import type { SparsityForecast } from './forecast-sparsity.ts'

/**
 * Expected size in bytes of model.sparse.safetensors. Non-zeros that are not spread evenly need more fillers of the encoding `gaps` than
 * random ones, so a size that was measured at a similar moment corrects it.
 */
export function forecastSizeBytes(
  spec: TrainingSpec,
  { nonzero, nearest }: Pick<SparsityForecast, 'nonzero' | 'nearest'>,
): number {
  const size = sizeBytes(spec, nonzero())
  return Math.round(nearest ? (size * nearest.sparseBytes) / sizeBytes(spec, nearest.nonzero) : size)
}

/** Size in bytes of the file if the non-zeros of each variable are at random indices. */
function sizeBytes(spec: TrainingSpec, nonzero: readonly number[]): number {
  const topology = topologyOf(spec.model)
  const variables = variablesOf(topology).map(({ name, shape, size }, index) => {
    const count = Math.round(nonzero[index]!)
    return planCounts(name, shape, { size, nonzero: count, fillers: expectedFillers(count, size) })
  })
  const statistics = statisticsOf(topology).map(({ name, shape }) => {
    const size = shape.reduce((product, length) => product * length, 1)
    return planCounts(name, shape, { size, nonzero: size, fillers: 0 })
  })
  return sizeOfPlans([...variables, ...statistics], modelMetadata(spec))
}

/** The gap before a non-zero is geometric; each whole 256 elements of it take one filler: n q / (1 - q), q = (1 - density)^256. */
function expectedFillers(nonzero: number, size: number): number {
  const q = (1 - nonzero / size) ** 256
  return q === 1 ? 0 : Math.round((nonzero * q) / (1 - q))
}
