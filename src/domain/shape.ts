import type { Initializer, Layer, Topology } from './model-spec.ts'

/** A trainable tensor of a model, known before anything is built. */
export interface Variable {
  /** `layer/kernel` or `layer/bias`. */
  name: string
  kind: 'kernel' | 'bias'
  shape: readonly number[]
  size: number
  initializer: Initializer
  /** Inputs and outputs of one unit (convolutions count their window), for the initializer's scale. */
  fanIn: number
  fanOut: number
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

/** The trainable variables in model order; each layer's kernel before its bias. */
export function variablesOf(topology: Topology): Variable[] {
  let shape = topology.inputShape
  return topology.layers.flatMap(layer => {
    const variables = layerVariables(layer, shape)
    shape = outputShape(layer, shape)
    return variables
  })
}

export function parameterCount(topology: Topology): number {
  return variablesOf(topology).reduce((sum, variable) => sum + variable.size, 0)
}

/** Floats that one example's forward pass leaves behind for the backward pass. */
export function activationCount(topology: Topology): number {
  let shape = topology.inputShape
  let count = elementCount(shape)
  for (const layer of topology.layers) {
    shape = outputShape(layer, shape)
    if (layer.type !== 'flatten') count += elementCount(shape)
  }
  return count
}

/** The shape that `layer` makes of `input`, both without the batch dimension. Images are [height, width, channels]. */
function outputShape(layer: Layer, input: readonly number[]): readonly number[] {
  switch (layer.type) {
    case 'dense':
      return [...input.slice(0, -1), layer.units]
    case 'flatten':
      return [elementCount(input)]
    case 'maxPooling2d':
      return [...input.slice(0, 2).map(length => Math.floor(length / layer.poolSize)), input[2]!]
    case 'conv2d': {
      const lost = layer.padding === 'valid' ? layer.kernelSize - 1 : 0
      return [input[0]! - lost, input[1]! - lost, layer.filters]
    }
  }
}

function layerVariables(layer: Layer, input: readonly number[]): Variable[] {
  if (layer.type !== 'dense' && layer.type !== 'conv2d') return []
  const channels = input.at(-1)!
  const units = layer.type === 'dense' ? layer.units : layer.filters
  const window = layer.type === 'dense' ? [] : [layer.kernelSize, layer.kernelSize]
  const fanIn = elementCount(window) * channels
  const fanOut = elementCount(window) * units
  const variable = (kind: Variable['kind'], shape: number[], initializer: Initializer): Variable => ({
    name: `${layer.name}/${kind}`,
    kind,
    shape,
    size: elementCount(shape),
    initializer,
    fanIn,
    fanOut,
  })
  return [
    variable('kernel', [...window, channels, units], layer.kernelInitializer),
    variable('bias', [units], layer.biasInitializer),
  ]
}
