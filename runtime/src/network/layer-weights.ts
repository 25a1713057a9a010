import type { Graph } from '../graph.ts'
import type { Weights } from './weights.ts'

/** The kernel of a layer. */
export interface LayerWeights {
  name: string
  /** Its weights, and how many are not zero. */
  weights: number
  nonzero: number
  /** Whether its zeros are left out of the computation. */
  computed: 'sparse' | 'dense'
}

/** The layers of a graph that multiply by a kernel. @param computed how, by name */
export function layerWeights(
  { nodes }: Graph,
  computed: ReadonlyMap<string, LayerWeights['computed']>,
): LayerWeights[] {
  return nodes.flatMap(node => {
    const kernel =
      'kernel' in node ? node.kernel : 'recurrentKernel' in node ? node.recurrentKernel : undefined
    if (!kernel) return []
    const how = computed.get(node.name) ?? 'dense'
    // Zeros between groups are no weights.
    const weights = kernel.length / (('groups' in node && node.groups) || 1)
    return [{ name: node.name, weights, nonzero: countNonzero(kernel), computed: how }]
  })
}

const STATISTICS = ['movingMean', 'movingVariance', 'mean', 'variance']

/** Counts the parameters that are read: all weights but the statistics of normalizations. */
export class CountedWeights implements Weights {
  readonly #weights: Weights
  #count = 0
  #nonzero = 0

  constructor(weights: Weights) {
    this.#weights = weights
  }

  get count(): number {
    return this.#count
  }

  /** The share of the parameters that are zero. */
  get sparsity(): number {
    return this.#count === 0 ? 0 : 1 - this.#nonzero / this.#count
  }

  read(name: string, shape: readonly number[]): Float32Array {
    const values = this.#weights.read(name, shape)
    if (!STATISTICS.includes(name.slice(name.lastIndexOf('/') + 1))) {
      this.#count += values.length
      this.#nonzero += countNonzero(values)
    }
    return values
  }
}

function countNonzero(values: Float32Array): number {
  let count = 0
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) count++
  return count
}
