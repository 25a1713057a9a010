import { normFlat } from './flat.ts'

/** Far enough that rounding of the gradients is small in their difference, and so near that few kinks of a ReLU are crossed. */
const LENGTH = 6e-3
/** Weights are rounded to float32, so a larger model needs a longer way. */
const LENGTH_OF_NORM = 1e-4

/** The distance from a model at which gradients are taken for a product with the Hessian along a unit vector. */
export function differenceLength(weights: Float32Array): number {
  return LENGTH + LENGTH_OF_NORM * normFlat(weights)
}
