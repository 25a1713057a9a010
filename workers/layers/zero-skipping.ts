import type { Network } from '#network/network.ts'
import type { PlacedLayer } from '#network/place-layers.ts'
import { sidesOf } from '#network/shape.ts'
import { definitionOf } from '#network/topology.ts'
import { hasSparseProducts } from '#workers/engine/ops/sparse-products.ts'

// Thresholds from `npm run bench -- sparse-step` (bench/results.md): at each of them every measured shape is faster than its dense product.

/** A convolution's sparsity from which it is faster to leave out the zeros, and the fewest examples in a batch. */
const CONVOLUTION = { sparsity: 0.75, batchSize: 8 }
/** Each weight of a matrix product is used once for each example, so finding the zeros takes a larger part of the time. */
const MATRIX = { sparsity: 0.9, batchSize: 32 }
/** The floating-point operations in an epoch that pay for the recording of another graph: about 0.2 s on one core. */
const FLOPS_PER_EPOCH = 2e10
/** TensorFlow computes smaller products on one thread in less time than the sparse ones take to begin. */
const FLOPS_PER_STEP = 1e7

/**
 * The names of the layers whose products should leave out the weights that are zero: on an engine that has such products, convolutions
 * with strides of 1 and dense layers that are sparse and large enough.
 * @param sparsities the fraction of zeros of each variable, by name
 * @param sizes examples in a batch and in an epoch
 */
export function zeroSkippingLayers(
  { placed }: Pick<Network, 'placed'>,
  sparsities: ReadonlyMap<string, number>,
  sizes: { batchSize: number; examples: number },
): ReadonlySet<string> {
  if (!hasSparseProducts()) return new Set()
  return new Set(
    placed.flatMap(place => {
      const limits = limitsOf(place)
      if (!limits || sizes.batchSize < limits.batchSize) return []
      const flops = definitionOf(place.layer)
        .flops(place)
        .reduce((sum, product) => sum + product, 0)
      const isLarge = flops * sizes.batchSize >= FLOPS_PER_STEP && flops * sizes.examples >= FLOPS_PER_EPOCH
      const { name } = place.layer
      return isLarge && sparsities.get(`${name}/kernel`)! >= limits.sparsity ? [name] : []
    }),
  )
}

/** `undefined` for layers that cannot leave out zeros. */
function limitsOf({ layer }: PlacedLayer): typeof CONVOLUTION | undefined {
  if (layer.type === 'dense') return MATRIX
  if (layer.type !== 'conv2d') return undefined
  return sidesOf(layer.strides ?? 1).every(stride => stride === 1) ? CONVOLUTION : undefined
}
