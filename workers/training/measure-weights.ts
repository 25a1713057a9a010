import type { EpochMetrics } from '#domain/event.ts'
import type { FloatTensor, NamedTensor } from '#formats/named-tensor.ts'
import type { Variable } from '#network/variables.ts'

/**
 * What the weights alone say of an epoch.
 *
 * @param variables those that the weights are of
 * @param zerosBefore those at the end of the epoch before, if there was one
 */
export function measureWeights(
  weights: readonly FloatTensor[],
  variables: readonly Pick<Variable, 'name' | 'kind'>[],
  zerosBefore?: readonly NamedTensor[],
): Pick<EpochMetrics, 'sparsity' | 'weightSparsity' | 'regrown' | 'layers'> {
  const layers = weights.map(({ name, shape, data }) => ({
    name,
    shape: [...shape],
    size: data.length,
    nonzero: count(data, value => value !== 0),
  }))
  const kernels = new Set(variables.filter(({ kind }) => kind === 'kernel').map(({ name }) => name))
  return {
    sparsity: sparsityOf(layers),
    weightSparsity: sparsityOf(layers.filter(({ name }) => kernels.has(name))),
    regrown: zerosBefore ? countRegrown(weights, zerosBefore) : 0,
    layers,
  }
}

function sparsityOf(layers: EpochMetrics['layers']): number {
  const size = layers.reduce((sum, layer) => sum + layer.size, 0)
  const nonzero = layers.reduce((sum, layer) => sum + layer.nonzero, 0)
  return (size - nonzero) / size
}

/** Where the weights are zero: for each of them one bit an element, the least significant of a byte first. */
export function zerosOf(weights: readonly FloatTensor[]): NamedTensor[] {
  return weights.map(({ name, data }) => {
    const bits = new Uint8Array(Math.ceil(data.length / 8))
    for (let i = 0; i < data.length; i++) if (data[i] === 0) bits[i >> 3]! |= 1 << (i & 7)
    return { name, shape: [bits.length], dtype: 'U8', data: bits }
  })
}

function countRegrown(weights: readonly FloatTensor[], zerosBefore: readonly NamedTensor[]): number {
  const zeros = new Map(zerosBefore.map(({ name, data }) => [name, data as Uint8Array]))
  return weights.reduce((sum, { name, data }) => {
    const bits = zeros.get(name)!
    return sum + count(data, (value, i) => value !== 0 && ((bits[i >> 3]! >> (i & 7)) & 1) === 1)
  }, 0)
}

function count(values: Float32Array, wanted: (value: number, index: number) => boolean): number {
  let found = 0
  for (let i = 0; i < values.length; i++) if (wanted(values[i]!, i)) found++
  return found
}
