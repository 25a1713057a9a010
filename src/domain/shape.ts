import type { Extent, Layer, Padding, Topology } from './model-spec.ts'

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
    case 'globalMaxPooling2d':
      return input.slice(-1)
    case 'zeroPadding2d':
      return [...input.slice(0, 2).map(length => length + 2 * layer.padding), input[2]!]
    case 'maxPooling2d':
    case 'averagePooling2d':
      return [
        ...outputSides(input, layer.poolSize, layer.strides ?? layer.poolSize, layer.padding),
        input[2]!,
      ]
    case 'conv2d':
      return [...outputSides(input, layer.kernelSize, layer.strides, layer.padding), layer.filters]
    case 'embedding':
      return [...input, layer.outputDim]
    default:
      return input
  }
}

/** An extent by its height and width. */
export function sidesOf(extent: Extent): readonly [height: number, width: number] {
  return typeof extent === 'number' ? [extent, extent] : extent
}

/** Height and width of what windows over an image give. */
function outputSides(
  input: readonly number[],
  size: Extent,
  strides: Extent = 1,
  padding: Padding = 'valid',
) {
  const [sizes, steps] = [sidesOf(size), sidesOf(strides)]
  return sizes.map((length, axis) => countWindows(input[axis]!, length, steps[axis]!, padding))
}

function countWindows(length: number, size: number, stride: number, padding: Padding): number {
  return padding === 'same' ? Math.ceil(length / stride) : Math.floor((length - size) / stride) + 1
}
