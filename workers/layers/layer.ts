import type { NamedTensorMap, Tensor, Tensor1D } from '@tensorflow/tfjs-core'

/** What makes a pass one of training: batches are normalised by themselves, and units drop out. */
export interface TrainingPass {
  /** int32 [2]: the job's seed and the step, which decide together what drops out. */
  seed: Tensor1D
}

/** What a layer is given. */
export interface LayerCall {
  /** The model's parameters and statistics, by name. */
  variables: NamedTensorMap
  /** Batch first. Most layers take one. */
  inputs: readonly Tensor[]
  /** Absent in evaluation. */
  pass?: TrainingPass | undefined
}

/**
 * A layer as a function that also knows its derivative. The derivatives are written out, since a gradient tape costs
 * several times their host time per step.
 */
export type Layer = (call: LayerCall) => Forward

export interface Forward {
  /** The layer's output, batch first. */
  y: Tensor
  /** Running statistics as this pass moves them. */
  statistics?: NamedTensorMap
  /** Takes the loss's gradient at y to those at the layer's own variables and at its inputs. */
  pullback(dy: Tensor): Pullback
}

export interface Pullback {
  gradients: NamedTensorMap
  /** The gradient at an input: a function, since nobody wants the one at the examples themselves. */
  dx(input: number): Tensor
}
