import { elementCount, GATES, isRecurrent, type PlacedLayer, placeLayers, sidesOf, waysOf } from './shape.ts'
import type { Initializer, LayerOf, LayerSpec, RecurrentLayer, Topology } from './topology.ts'

/** A trainable tensor of a model, known before anything is built. */
export interface Variable {
  /**
   * `layer/kernel` (`layer/depthwiseKernel`, `layer/pointwiseKernel`, `layer/recurrentKernel`), `layer/bias`, `layer/gamma`, `layer/beta`
   * or `layer/embeddings`; `layer/forward/kernel` and the like of what goes both ways.
   */
  name: string
  /** What it does: recurrent kernels are kernels too, and embeddings, which multiply tokens one-hot. */
  kind: 'kernel' | 'bias' | 'gamma' | 'beta'
  shape: readonly number[]
  size: number
  initializer: Initializer
  /** Inputs and outputs of one unit (convolutions count their window), for the initializer's scale. */
  fanIn: number
  fanOut: number
}

/** A tensor that a model keeps and no gradient moves: running mean or variance of a batch normalisation, or those of a normalisation. */
export interface Statistic {
  /** `layer/movingMean` or `layer/movingVariance`; `layer/mean` or `layer/variance` of a normalisation, which nothing moves. */
  name: string
  shape: readonly number[]
  initialValue: number
}

/** The trainable variables in model order; each layer's kernel before its bias, its gamma before its beta. */
export function variablesOf(topology: Topology): Variable[] {
  return placeLayers(topology).flatMap(layerVariables)
}

export function statisticsOf(topology: Topology): Statistic[] {
  return placeLayers(topology).flatMap(({ layer, outputShape }) => {
    const shape = outputShape.slice(-1)
    const pair = (mean: string, variance: string) => [
      { name: `${layer.name}/${mean}`, shape, initialValue: 0 },
      { name: `${layer.name}/${variance}`, shape, initialValue: 1 },
    ]
    if (layer.type === 'batchNormalization') return pair('movingMean', 'movingVariance')
    return isAdapted(layer) ? pair('mean', 'variance') : []
  })
}

/** Whether a layer is a normalisation whose mean and variance are statistics. */
export function isAdapted(layer: LayerSpec): layer is LayerOf<'normalization'> {
  return layer.type === 'normalization' && layer.mean === undefined
}

/**
 * Whether a layer is a batch normalisation with one of gamma and beta. PyTorch's have both or neither, so that its optimizers count
 * other parameters.
 */
export function isHalfAffine(layer: LayerSpec): layer is LayerOf<'batchNormalization'> {
  return layer.type === 'batchNormalization' && layer.scale !== layer.center
}

export function parameterCount(topology: Topology): number {
  return variablesOf(topology).reduce((sum, variable) => sum + variable.size, 0)
}

/** The trainable variables of one layer. */
export function layerVariables({ layer, inputShape, outputShape }: PlacedLayer): Variable[] {
  const channels = inputShape.at(-1)!
  if (layer.type === 'batchNormalization' || layer.type === 'layerNormalization') {
    const variable = (kind: 'gamma' | 'beta', initializer: Initializer): Variable => {
      const name = `${layer.name}/${kind}`
      return { name, kind, shape: [channels], size: channels, initializer, fanIn: channels, fanOut: channels }
    }
    const { scale, center } = { scale: true, center: true, ...layer }
    return [...(scale ? [variable('gamma', 'ones')] : []), ...(center ? [variable('beta', 'zeros')] : [])]
  }
  if (isRecurrent(layer)) return recurrentVariables(layer, channels)
  if (layer.type === 'embedding') {
    const { name, inputDim: fanIn, outputDim: fanOut, embeddingsInitializer: initializer } = layer
    const shape = [fanIn, fanOut]
    const size = fanIn * fanOut
    return [{ name: `${name}/embeddings`, kind: 'kernel', shape, size, initializer, fanIn, fanOut }]
  }
  return kernelShapes(layer, channels).flatMap(({ word, shape, initializer }, index, kernels) => {
    const fans = fansOf(shape)
    const kernel = variableOf(layer.name, word, 'kernel', shape, initializer, fans)
    const isLast = index === kernels.length - 1
    if (!isLast || !('biasInitializer' in layer) || !layer.biasInitializer) return [kernel]
    return [
      kernel,
      variableOf(layer.name, 'bias', 'bias', outputShape.slice(-1), layer.biasInitializer, fans),
    ]
  })
}

/** The kernels of a layer, in its order. */
function kernelShapes(layer: LayerSpec, channels: number): Kernel[] {
  switch (layer.type) {
    case 'dense':
      return [{ word: 'kernel', shape: [channels, layer.units], initializer: layer.kernelInitializer }]
    case 'conv1d': {
      const shape = [layer.kernelSize, channels, layer.filters]
      return [{ word: 'kernel', shape, initializer: layer.kernelInitializer }]
    }
    case 'conv2d': {
      const shape = [...sidesOf(layer.kernelSize), channels, layer.filters]
      return [{ word: 'kernel', shape, initializer: layer.kernelInitializer }]
    }
    case 'conv2dTranspose': {
      const shape = [...sidesOf(layer.kernelSize), layer.filters, channels]
      return [{ word: 'kernel', shape, initializer: layer.kernelInitializer }]
    }
    case 'depthwiseConv2d':
      return [depthwiseKernel(layer, channels)]
    case 'separableConv2d': {
      const shape = [1, 1, channels * layer.depthMultiplier, layer.filters]
      const pointwise = { word: 'pointwiseKernel', shape, initializer: layer.pointwiseInitializer }
      return [depthwiseKernel(layer, channels), pointwise]
    }
    default:
      return []
  }
}

interface Kernel {
  word: string
  shape: readonly number[]
  initializer: Initializer
}

function depthwiseKernel(layer: LayerOf<'depthwiseConv2d' | 'separableConv2d'>, channels: number): Kernel {
  const shape = [...sidesOf(layer.kernelSize), channels, layer.depthMultiplier]
  return { word: 'depthwiseKernel', shape, initializer: layer.kernelInitializer }
}

/** As Keras counts them, of whatever a kernel's last two axes are, times its window. */
function fansOf(shape: readonly number[]): Pick<Variable, 'fanIn' | 'fanOut'> {
  const window = elementCount(shape.slice(0, -2))
  return { fanIn: window * shape.at(-2)!, fanOut: window * shape.at(-1)! }
}

function variableOf(
  layer: string,
  word: string,
  kind: Variable['kind'],
  shape: readonly number[],
  initializer: Initializer,
  fans: Pick<Variable, 'fanIn' | 'fanOut'>,
): Variable {
  return { name: `${layer}/${word}`, kind, shape, size: elementCount(shape), initializer, ...fans }
}

function recurrentVariables(layer: RecurrentLayer, features: number): Variable[] {
  const { type, units, kernelInitializer, recurrentInitializer, biasInitializer } = layer
  const width = GATES[type] * units
  return waysOf(layer).flatMap(way => {
    const variable = (word: string, shape: number[], initializer: Initializer): Variable => {
      const kind = word === 'bias' ? 'bias' : 'kernel'
      const fans = { fanIn: shape[0]!, fanOut: shape.at(-1)! }
      return { name: `${way}/${word}`, kind, shape, size: elementCount(shape), initializer, ...fans }
    }
    return [
      variable('kernel', [features, width], kernelInitializer),
      variable('recurrentKernel', [units, width], recurrentInitializer),
      ...(biasInitializer ? [variable('bias', type === 'gru' ? [2, width] : [width], biasInitializer)] : []),
    ]
  })
}
