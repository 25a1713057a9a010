import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core'

/**
 * A layer as a function that also knows its derivative. The derivatives are written out, since a gradient tape costs
 * several times their host time per step.
 */
export type Layer = (params: NamedTensorMap, x: Tensor) => Forward

export interface Forward {
  /** The layer's output, batch first. */
  y: Tensor
  /** Takes the loss's gradient at y to those at the layer's own variables and at x. */
  pullback(dy: Tensor): Pullback
}

export interface Pullback {
  gradients: NamedTensorMap
  /** A function, since nobody wants the gradient at the examples themselves. */
  dx(): Tensor
}
