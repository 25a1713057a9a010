import { elementCount, type PlacedLayer, placeLayers, sidesOf } from './shape.ts'
import type { Topology } from './topology.ts'

/**
 * Floating-point operations of one example's step in its products and convolutions: forward, and backward to kernels and
 * inputs, but not to the examples themselves.
 */
export function stepFlops(topology: Topology): number {
  const products = placeLayers(topology)
    .map(forwardFlops)
    .filter(flops => flops > 0)
  return 3 * products.reduce((sum, flops) => sum + flops, 0) - products[0]!
}

function forwardFlops({ layer, inputShape, outputShape }: PlacedLayer): number {
  const channels = inputShape.at(-1)!
  if (layer.type === 'dense') return 2 * channels * elementCount(outputShape)
  if (layer.type === 'conv2d')
    return 2 * elementCount(sidesOf(layer.kernelSize)) * channels * elementCount(outputShape)
  return 0
}
