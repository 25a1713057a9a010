import type { TrainingSpec } from '#domain/training-spec.ts'
import { fileSize } from './file-size.ts'
import type { SparsityForecast } from './forecast-sparsity.ts'

/**
 * Expected size in bytes of model.sparse.safetensors. Non-zeros that are not spread evenly need more fillers of the encoding `gaps` than
 * random ones, so a size that was measured at a similar moment corrects it.
 */
export function forecastSizeBytes(
  spec: TrainingSpec,
  { nonzero, nearest }: Pick<SparsityForecast, 'nonzero' | 'nearest'>,
): number {
  const sizeOf = fileSize(spec)
  const size = sizeOf(nonzero())
  return Math.round(nearest ? (size * nearest.sparseBytes) / sizeOf(nearest.nonzero) : size)
}
