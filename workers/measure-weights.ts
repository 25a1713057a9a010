import type { EpochMetrics } from '#domain/event.ts'
import type { Weight } from './weights.ts'

/** What the weights alone say of an epoch. `before` are those at the end of the epoch before, if there was one. */
export function measureWeights(
  weights: readonly Weight[],
  before?: readonly Weight[],
): Pick<EpochMetrics, 'sparsity' | 'weightSparsity' | 'regrown' | 'layers'> {
  const layers = weights.map(({ name, shape, data }) => ({
    name,
    shape: [...shape],
    size: data.length,
    nonzero: count(data, value => value !== 0),
  }))
  return {
    sparsity: sparsityOf(layers),
    weightSparsity: sparsityOf(layers.filter(({ name }) => name.endsWith('/kernel'))),
    regrown: before ? countRegrown(weights, before) : 0,
    layers,
  }
}

function sparsityOf(layers: EpochMetrics['layers']): number {
  const size = layers.reduce((sum, layer) => sum + layer.size, 0)
  const nonzero = layers.reduce((sum, layer) => sum + layer.nonzero, 0)
  return (size - nonzero) / size
}

function countRegrown(weights: readonly Weight[], before: readonly Weight[]): number {
  return weights.reduce((sum, { data }, tensor) => {
    const earlier = before[tensor]!.data
    return sum + count(data, (value, i) => value !== 0 && earlier[i] === 0)
  }, 0)
}

function count(values: Float32Array, wanted: (value: number, index: number) => boolean): number {
  let found = 0
  for (let i = 0; i < values.length; i++) if (wanted(values[i]!, i)) found++
  return found
}
