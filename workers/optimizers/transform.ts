import type { NamedTensorMap } from '@tensorflow/tfjs-core'

/** What an optimizer remembers: tensors by slot and variable, and counters that stay on the host in float64. */
export type OptimizerState = {
  slots: Readonly<Record<string, NamedTensorMap>>
  clock: {
    /** Updates made. */
    step: number
    /** The threshold below which weights are zero now, for optimizers that have one. */
    l1?: number
  }
}

/**
 * An optimizer as a value. `update` takes the gradients at `params` and gives what follows: it changes nothing, so its
 * caller frees the tensors that are no longer needed. All records have the same variables, float32.
 */
export interface Transform<State extends OptimizerState = OptimizerState> {
  init(params: NamedTensorMap): State
  update(
    gradients: NamedTensorMap,
    state: State,
    params: NamedTensorMap,
  ): { params: NamedTensorMap; state: State }
}

/** The learning rate of a step, counted from 1 over the whole job. */
export type LearningRate = (step: number) => number
