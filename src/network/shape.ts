import type { Extent, LayerOf, LayerSpec, Margins, Padding, RecurrentLayer, Topology } from './topology.ts'

/** A layer in its place: which outputs it takes, and the shapes of those and of its own, without the batch dimension. */
export interface PlacedLayer {
  layer: LayerSpec
  /** Positions among the layers; -1 is the network's input. */
  inputs: readonly number[]
  inputShape: readonly number[]
  outputShape: readonly number[]
}

/** What layers call the network's input among those they take from. */
export const NETWORK_INPUT = 'input'

/** @throws Error when a layer takes from one that does not come before it */
export function placeLayers({ inputShape, layers }: Topology): PlacedLayer[] {
  const placed: PlacedLayer[] = []
  const positions = new Map([[NETWORK_INPUT, -1]])
  for (const [index, layer] of layers.entries()) {
    const inputs = layer.inputs?.map(name => positionOf(name, positions, layer.name)) ?? [index - 1]
    const shapes = inputs.map(input => (input === -1 ? inputShape : placed[input]!.outputShape))
    placed.push({ layer, inputs, inputShape: shapes[0]!, outputShape: outputShape(layer, shapes) })
    positions.set(layer.name, index)
  }
  return placed
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

/** Floats that one example's forward pass through a layer leaves behind for the backward pass: of a recurrent one, at every step, what its gates were given and made of it, and its states. */
export function keptActivations({ layer, inputShape, outputShape }: PlacedLayer): number {
  if (isRecurrent(layer)) return unrolledSteps(layer, inputShape) * layer.units * (2 * GATES[layer.type] + 3)
  return layer.type === 'flatten' ? 0 : elementCount(outputShape)
}

/** How many blocks of units columns the kernels of a recurrent layer have. */
export const GATES: Readonly<Record<RecurrentLayer['type'], number>> = { lstm: 4, gru: 3, simpleRnn: 1 }

/** What the names of a recurrent layer's variables begin with, once for each way that it goes through time. */
export function waysOf({ name, direction }: RecurrentLayer): string[] {
  return direction === 'both' ? [`${name}/forward`, `${name}/backward`] : [name]
}

export function unrolledSteps(layer: RecurrentLayer, [time]: readonly number[]): number {
  return time! * waysOf(layer).length
}

export function isRecurrent(layer: LayerSpec): layer is RecurrentLayer {
  return layer.type in GATES
}

function positionOf(name: string, positions: ReadonlyMap<string, number>, taker: string): number {
  const position = positions.get(name)
  if (position === undefined) throw new Error(`${taker} takes from ${name}, which does not come before it`)
  return position
}

/** The shape that `layer` makes of its inputs, all of which are like the first unless it says otherwise. */
function outputShape(layer: LayerSpec, inputs: readonly (readonly number[])[]): readonly number[] {
  const input = inputs[0]!
  switch (layer.type) {
    case 'dense':
      return [...input.slice(0, -1), layer.units]
    case 'flatten':
      return [elementCount(input)]
    case 'globalAveragePooling2d':
    case 'globalMaxPooling2d':
    case 'globalAveragePooling1d':
    case 'globalMaxPooling1d':
      return layer.keepDims ? [...input.slice(0, -1).fill(1), input.at(-1)!] : input.slice(-1)
    case 'add':
    case 'multiply':
    case 'average':
      return input.map((_, axis) => Math.max(...inputs.map(shape => shape[axis]!)))
    case 'cropping2d':
      return [
        ...marginsOf(layer.cropping).map((sides, axis) => input[axis]! - sides[0] - sides[1]),
        input[2]!,
      ]
    case 'zeroPadding2d':
      return [...marginsOf(layer.padding).map((sides, axis) => input[axis]! + sides[0] + sides[1]), input[2]!]
    case 'upSampling2d':
      return [...sidesOf(layer.size).map((times, axis) => input[axis]! * times), input[2]!]
    case 'concatenate':
      return [...input.slice(0, -1), inputs.reduce((sum, shape) => sum + shape.at(-1)!, 0)]
    case 'reshape':
      return reshaped(layer, elementCount(input))
    case 'maxPooling2d':
    case 'averagePooling2d':
      return [
        ...outputSides(input, layer.poolSize, layer.strides ?? layer.poolSize, layer.padding),
        input[2]!,
      ]
    case 'maxPooling1d':
    case 'averagePooling1d':
      return [
        countWindows(input[0]!, layer.poolSize, layer.strides ?? layer.poolSize, layer.padding),
        input[1]!,
      ]
    case 'depthwiseConv2d':
      return [
        ...outputSides(input, layer.kernelSize, layer.strides, layer.padding),
        input[2]! * layer.depthMultiplier,
      ]
    case 'conv2dTranspose':
      return [...enlargedSides(input, layer), layer.filters]
    case 'conv1d':
      return [countWindows(input[0]!, layer.kernelSize, layer.strides, layer.padding), layer.filters]
    case 'conv2d':
    case 'separableConv2d':
      return [...outputSides(input, layer.kernelSize, layer.strides, layer.padding), layer.filters]
    case 'lstm':
    case 'gru':
    case 'simpleRnn':
      return [...(layer.returnSequences ? [input[0]!] : []), waysOf(layer).length * layer.units]
    case 'embedding':
      return [...input, layer.outputDim]
    default:
      return input
  }
}

/** Margins by their sides: [[top, bottom], [left, right]]. */
export function marginsOf(margins: Margins): Exclude<Margins, number> {
  const both = [margins, margins] as [number, number]
  return typeof margins === 'number' ? [both, both] : margins
}

/** An extent by its height and width. */
export function sidesOf(extent: Extent): readonly [height: number, width: number] {
  return typeof extent === 'number' ? [extent, extent] : extent
}

function reshaped({ name, shape }: LayerOf<'reshape'>, count: number): readonly number[] {
  const known = elementCount(shape.filter(length => length !== -1))
  const lengths = shape.map(length => (length === -1 ? count / known : length))
  if (elementCount(lengths) !== count || !lengths.every(Number.isInteger))
    throw new Error(`${name} makes [${shape}] of ${count} elements`)
  return lengths
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

function enlargedSides(input: readonly number[], layer: LayerOf<'conv2dTranspose'>): readonly number[] {
  const [sizes, steps] = [sidesOf(layer.kernelSize), sidesOf(layer.strides ?? 1)]
  return sizes.map((size, axis) => {
    const enlarged = input[axis]! * steps[axis]!
    return layer.padding === 'same' ? enlarged : enlarged + Math.max(size - steps[axis]!, 0)
  })
}

function countWindows(length: number, size: number, stride = 1, padding: Padding = 'valid'): number {
  return padding === 'same' ? Math.ceil(length / stride) : Math.floor((length - size) / stride) + 1
}
