import type { Weights } from './weights.ts'

/** A trained network, as a model file or the service describes it. */
export interface TrainedNetwork {
  /** The network as JSON, without preprocessing and output activation. It is checked when the graph is built. */
  topology: unknown
  weights: Weights
  preprocessing: Preprocessing
  /** Turns the outputs of the network into predictions. */
  outputActivation: OutputActivation
  /** Names of classes; empty for a network that predicts numbers. */
  classes: readonly string[]
}

/** The network takes (x scale - mean) / std; mean and std have one number per channel, or one for all. */
export interface Preprocessing {
  scale: number
  mean: readonly number[]
  std: readonly number[]
}

export const OUTPUT_ACTIVATIONS = ['softmax', 'sigmoid', 'linear'] as const
export type OutputActivation = (typeof OUTPUT_ACTIVATIONS)[number]
