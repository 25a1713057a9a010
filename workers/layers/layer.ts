import type { NamedTensorMap, Tensor, Tensor1D } from '@tensorflow/tfjs-core'
import type { LinearPieces } from './linear-pieces.ts'

/** Given in a training pass, in which batch normalizations use the batch's statistics and dropouts are active. */
export interface TrainingPass {
  /** int32 [2]: the job's seed and the step, which together determine the dropouts. */
  seed: Tensor1D
}

/** The arguments of a layer. */
export interface LayerCall {
  /** The model's parameters and statistics, by name. */
  variables: NamedTensorMap
  /** Batch first. Most layers take one input. */
  inputs: readonly Tensor[]
  /** Absent in evaluation. */
  pass?: TrainingPass | undefined
  /** Given in evaluation where the output must be smooth in the variables. */
  pieces?: LinearPieces | undefined
}

/**
 * A layer as a function that returns its output and its derivative. Derivatives are written out, because a gradient tape costs several
 * times their host time per step.
 */
export type Layer = (call: LayerCall) => Forward

export interface Forward {
  /** The layer's output, batch first. */
  y: Tensor
  /** Running statistics after this pass. */
  statistics?: NamedTensorMap
  /** The gradients at the layer's variables and inputs, given the loss's gradient at y. */
  pullback(dy: Tensor): Pullback
}

export interface Pullback {
  gradients: NamedTensorMap
  /** The gradient at an input. It is a function, because the gradient at the examples is never needed. */
  dx(input: number): Tensor
}
