import type { Initializer } from './initializer-schema.ts'
import { elementCount, type Shape } from './shape.ts'

/** A trainable tensor of a model, known before anything is built. */
export interface Variable {
  /**
   * `layer/kernel` (`layer/depthwiseKernel`, `layer/pointwiseKernel`, `layer/recurrentKernel`), `layer/bias`, `layer/gamma`, `layer/beta`
   * or `layer/embeddings`; `layer/forward/kernel` and so on in a bidirectional layer.
   */
  name: string
  /** Its role. Recurrent kernels and embeddings, which multiply one-hot tokens, are kernels too. */
  kind: 'kernel' | 'bias' | 'gamma' | 'beta'
  shape: Shape
  size: number
  initializer: Initializer
  /** Inputs and outputs of one unit, which determine the initializer's scale; in a convolution they are multiplied by the window size. */
  fanIn: number
  fanOut: number
  /** The axes of a kernel that number its output channels, from the first to before the last; absent for the last axis alone. */
  outputAxes?: readonly [begin: number, end: number]
}

/** The axes of a kernel that number its output channels. */
export function outputAxesOf({
  shape,
  outputAxes,
}: Pick<Variable, 'shape' | 'outputAxes'>): readonly [begin: number, end: number] {
  return outputAxes ?? [shape.length - 1, shape.length]
}

/** A tensor of a model that is not trained: mean and variance of a batch normalization or of a normalization. */
export interface Statistic {
  /** `layer/movingMean` or `layer/movingVariance` of a batch normalization; `layer/mean` or `layer/variance` of a normalization. */
  name: string
  shape: Shape
  initialValue: number
}

/** The last part of the name of a variable or statistic. */
export type VariableWord =
  | 'kernel'
  | 'depthwiseKernel'
  | 'pointwiseKernel'
  | 'recurrentKernel'
  | 'embeddings'
  | 'bias'
  | 'gamma'
  | 'beta'
  | 'mean'
  | 'variance'
  | 'movingMean'
  | 'movingVariance'

/** A kernel with the name `layer/word`. As in Keras, its fans are its last two axes times its window size. */
export function kernelVariable(
  layer: string,
  word: VariableWord,
  shape: Shape,
  initializer: Initializer,
): Variable {
  const window = elementCount(shape.slice(0, -2))
  const fans = { fanIn: window * shape.at(-2)!, fanOut: window * shape.at(-1)! }
  return { name: `${layer}/${word}`, kind: 'kernel', shape, size: elementCount(shape), initializer, ...fans }
}

/** Kernels and, if the layer has one, the bias, which has the fans of the last kernel. */
export function withBias(
  { name, biasInitializer }: { name: string; biasInitializer?: Initializer },
  kernels: readonly Variable[],
  outputs: number,
): Variable[] {
  if (!biasInitializer) return [...kernels]
  const { fanIn, fanOut } = kernels.at(-1)!
  const bias = { name: `${name}/bias`, kind: 'bias', shape: [outputs], size: outputs } as const
  return [...kernels, { ...bias, initializer: biasInitializer, fanIn, fanOut }]
}

/** Mean and variance of each channel, with names `layer/...`. */
export function meanAndVariance(
  layer: string,
  [mean, variance]: readonly [VariableWord, VariableWord],
  channels: number,
): Statistic[] {
  return [
    { name: `${layer}/${mean}`, shape: [channels], initialValue: 0 },
    { name: `${layer}/${variance}`, shape: [channels], initialValue: 1 },
  ]
}
