import { type Network, trainedLayers } from './network.ts'
import { definitionOf } from './topology.ts'

/**
 * Floating-point operations of one example's training step in its matrix products and convolutions: the forward pass, and the gradients at
 * kernels and inputs. An input that depends on no variable, such as the examples, has no gradient.
 */
export function stepFlops({ placed }: Pick<Network, 'placed'>): number {
  const trained = trainedLayers(placed)
  return placed.reduce((sum, place) => {
    const products = definitionOf(place.layer).flops(place)
    const forward = products.reduce((total, product) => total + product, 0)
    const needsInputGradient = place.inputs.some(input => trained[input])
    return sum + 3 * forward - (needsInputGradient ? 0 : (products[0] ?? 0))
  }, 0)
}

/** Those of one example's forward pass. */
export function forwardFlops({ placed }: Pick<Network, 'placed'>): number {
  return placed.reduce(
    (sum, place) =>
      sum +
      definitionOf(place.layer)
        .flops(place)
        .reduce((total, product) => total + product, 0),
    0,
  )
}
