import type { Layer, LayerOf, Topology } from './model-spec.ts'

/** A layer in its place: which outputs it takes, and the shapes of those and of its own, without the batch dimension. */
export interface PlacedLayer {
  layer: Layer
  /** Positions among the layers; -1 is the network's input. */
  inputs: readonly number[]
  inputShape: readonly number[]
  outputShape: readonly number[]
}

/** @throws Error when a layer takes from one that does not come before it */
export function placeLayers({ inputShape, layers }: Topology): PlacedLayer[] {
  const placed: PlacedLayer[] = []
  const positions = new Map<string, number>()
  for (const [index, layer] of layers.entries()) {
    const inputs = layer.inputs?.map(name => positionOf(name, positions, layer.name)) ?? [index - 1]
    const shape = inputs[0] === -1 ? inputShape : placed[inputs[0]!]!.outputShape
    placed.push({ layer, inputs, inputShape: shape, outputShape: outputShape(layer, shape) })
    positions.set(layer.name, index)
  }
  return placed
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

/** Floats that one example's forward pass leaves behind for the backward pass. */
export function activationCount(topology: Topology): number {
  return placeLayers(topology)
    .filter(({ layer }) => layer.type !== 'flatten')
    .reduce((sum, { outputShape }) => sum + elementCount(outputShape), elementCount(topology.inputShape))
}

function positionOf(name: string, positions: ReadonlyMap<string, number>, taker: string): number {
  const position = positions.get(name)
  if (position === undefined) throw new Error(`${taker} takes from ${name}, which does not come before it`)
  return position
}

/** The shape that `layer` makes of `input`. */
function outputShape(layer: Layer, input: readonly number[]): readonly number[] {
  switch (layer.type) {
    case 'dense':
      return [...input.slice(0, -1), layer.units]
    case 'flatten':
      return [elementCount(input)]
    case 'globalAveragePooling2d':
      return input.slice(-1)
    case 'zeroPadding2d':
      return [...input.slice(0, 2).map(length => length + 2 * layer.padding), input[2]!]
    case 'maxPooling2d':
    case 'averagePooling2d': {
      const { poolSize, strides = poolSize } = layer
      return [...input.slice(0, 2).map(length => windows(length, poolSize, strides)), input[2]!]
    }
    case 'conv2d':
      return [...input.slice(0, 2).map(length => convolved(layer, length)), layer.filters]
    case 'embedding':
      return [...input, layer.outputDim]
    default:
      return input
  }
}

function convolved({ kernelSize, strides = 1, padding }: LayerOf<'conv2d'>, length: number): number {
  return padding === 'same' ? Math.ceil(length / strides) : windows(length, kernelSize, strides)
}

/** How many windows of `size` fit, `strides` apart. */
function windows(length: number, size: number, strides: number): number {
  return Math.floor((length - size) / strides) + 1
}
