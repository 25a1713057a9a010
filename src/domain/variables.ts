import type { Initializer, LayerOf, Topology } from './model-spec.ts'
import { elementCount, type PlacedLayer, placeLayers, sidesOf } from './shape.ts'

/** A trainable tensor of a model, known before anything is built. */
export interface Variable {
  /** `layer/kernel`, `layer/bias`, `layer/gamma`, `layer/beta` or `layer/embeddings`. */
  name: string
  /** What it does: embeddings are kernels too, which multiply tokens one-hot. */
  kind: 'kernel' | 'bias' | 'gamma' | 'beta'
  shape: readonly number[]
  size: number
  initializer: Initializer
  /** Inputs and outputs of one unit (convolutions count their window), for the initializer's scale. */
  fanIn: number
  fanOut: number
}

/** A tensor that a model keeps and no gradient moves: running mean or variance of a batch normalisation. */
export interface Statistic {
  /** `layer/movingMean` or `layer/movingVariance`. */
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
    if (layer.type !== 'batchNormalization') return []
    const shape = outputShape.slice(-1)
    return [
      { name: `${layer.name}/movingMean`, shape, initialValue: 0 },
      { name: `${layer.name}/movingVariance`, shape, initialValue: 1 },
    ]
  })
}

export function parameterCount(topology: Topology): number {
  return variablesOf(topology).reduce((sum, variable) => sum + variable.size, 0)
}

/** The trainable variables of one layer. */
export function layerVariables({ layer, inputShape }: PlacedLayer): Variable[] {
  const channels = inputShape.at(-1)!
  if (layer.type === 'batchNormalization' || layer.type === 'layerNormalization') {
    const variable = (kind: 'gamma' | 'beta', initializer: Initializer): Variable => {
      const name = `${layer.name}/${kind}`
      return { name, kind, shape: [channels], size: channels, initializer, fanIn: channels, fanOut: channels }
    }
    return [variable('gamma', 'ones'), variable('beta', 'zeros')]
  }
  if (layer.type === 'embedding') {
    const { name, inputDim: fanIn, outputDim: fanOut, embeddingsInitializer: initializer } = layer
    const shape = [fanIn, fanOut]
    const size = fanIn * fanOut
    return [{ name: `${name}/embeddings`, kind: 'kernel', shape, size, initializer, fanIn, fanOut }]
  }
  if (layer.type !== 'dense' && layer.type !== 'conv2d' && layer.type !== 'conv1d') return []
  const units = layer.type === 'dense' ? layer.units : layer.filters
  const window = windowOf(layer)
  const fanIn = elementCount(window) * channels
  const fanOut = elementCount(window) * units
  const variable = (kind: 'kernel' | 'bias', shape: number[], initializer: Initializer): Variable => {
    const name = `${layer.name}/${kind}`
    return { name, kind, shape, size: elementCount(shape), initializer, fanIn, fanOut }
  }
  const kernel = variable('kernel', [...window, channels, units], layer.kernelInitializer)
  return layer.biasInitializer ? [kernel, variable('bias', [units], layer.biasInitializer)] : [kernel]
}

function windowOf(layer: LayerOf<'dense' | 'conv1d' | 'conv2d'>): readonly number[] {
  if (layer.type === 'dense') return []
  return layer.type === 'conv1d' ? [layer.kernelSize] : sidesOf(layer.kernelSize)
}
