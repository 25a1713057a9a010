import type { NamedTensor } from '#formats/named-tensor.ts'
import { zeroSkippingLayers } from '#workers/layers/zero-skipping.ts'
import { sparsityFromZeros } from './metrics.ts'
import type { TrainingRun } from './prepare.ts'

/**
 * The names of the layers whose products leave out the weights that are zero in an epoch. They follow from where the weights were zero when
 * it began, which checkpoints within the epoch contain. So a resumed training makes the same choice, and gives the same bits.
 * @param zerosBefore absent in the first epoch of a training that starts with random weights
 */
export function zeroSkippingFor(
  { network, spec, examples }: TrainingRun,
  zerosBefore: readonly NamedTensor[] | undefined,
): ReadonlySet<string> {
  if (!zerosBefore) return new Set()
  const sizes = new Map(network.variables.map(({ name, size }) => [name, size]))
  const sparsities = new Map(
    zerosBefore.map(zeros => [zeros.name, sparsityFromZeros(zeros, sizes.get(zeros.name)!)]),
  )
  return zeroSkippingLayers(network, sparsities, { batchSize: spec.batchSize, examples })
}
