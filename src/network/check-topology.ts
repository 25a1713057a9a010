import {
  elementCount,
  isRecurrent,
  keptActivations,
  type PlacedLayer,
  placeLayers,
  unrolledSteps,
} from './shape.ts'
import type { LayerSpec, Topology } from './topology.ts'
import { parameterCount, variablesOf } from './variables.ts'

/** Ends the reading with what is wrong at a place. */
export type Refuse = (place: string, message: string) => never

const MOST_PARAMETERS = 500_000_000
const MOST_ACTIVATIONS = 200_000_000
/** Of all recurrent layers together: each step becomes some 40 operations of a graph. */
const MOST_STEPS = 1000
/** Products to make a matrix orthogonal: half a minute's work. */
const MOST_PRODUCTS = 4e10

/** Ranks of the inputs that layers take, where they do not take any. */
const RANKS: Readonly<Record<string, number>> = {
  conv2d: 3,
  maxPooling2d: 3,
  averagePooling2d: 3,
  zeroPadding2d: 3,
  cropping2d: 3,
  globalAveragePooling2d: 3,
  globalMaxPooling2d: 3,
  upSampling2d: 3,
  depthwiseConv2d: 3,
  separableConv2d: 3,
  conv2dTranspose: 3,
  conv1d: 2,
  maxPooling1d: 2,
  averagePooling1d: 2,
  globalAveragePooling1d: 2,
  globalMaxPooling1d: 2,
}

/** What takes vectors, or each step of a sequence for itself. */
const TAKE_FEATURES: ReadonlySet<string> = new Set(['dense', 'layerNormalization'])

/** By their rank. */
const TAKEN = ['', 'vectors', 'sequences', 'images']

/** Layers that take several inputs. */
const MERGES: ReadonlySet<string> = new Set(['add', 'multiply', 'average', 'concatenate'])

/** Whether shapes fit together and what they need is within limits, by arithmetic alone: nothing is built. */
export function checkTopology(topology: Topology, refuse: Refuse): void {
  const placed = place(topology, refuse)
  let activations = 0
  let steps = 0
  for (const one of placed) {
    const { layer, inputs, inputShape, outputShape } = one
    const rank = RANKS[layer.type]
    if (rank !== undefined && inputShape.length !== rank)
      refuse('.config.layers', `${layer.name} takes ${TAKEN[rank]}, not [${inputShape}]`)
    if (isRecurrent(layer) && inputShape.length !== 2)
      refuse('.config.layers', `${layer.name} takes sequences [time, features], not [${inputShape}]`)
    if (TAKE_FEATURES.has(layer.type) && inputShape.length > 2)
      refuse(
        '.config.layers',
        `${layer.name} takes vectors (flatten first) or sequences, not [${inputShape}]`,
      )
    if (layer.type === 'embedding' && (inputs[0] !== -1 || inputShape.length !== 1))
      refuse('.config.layers', `${layer.name} must be the first layer, over tokens [time]`)
    const others = inputs.map(input => (input === -1 ? topology.inputShape : placed[input]!.outputShape))
    if (!MERGES.has(layer.type) && inputs.length > 1)
      refuse('.config.layers', `${layer.name} takes one input, not ${inputs.length}`)
    if (MERGES.has(layer.type) && others.some(shape => !fits(layer, shape, outputShape)))
      refuse('.config.layers', `${layer.name} takes inputs of different shapes`)
    if (outputShape.some(length => length < 1))
      refuse('.config.layers', `nothing is left of an image after ${layer.name}: [${outputShape}]`)
    checkChannels(one, refuse)
    activations += Math.max(elementCount(outputShape), keptActivations(one))
    if (isRecurrent(layer)) steps += unrolledSteps(layer, inputShape)
    if (steps > MOST_STEPS)
      refuse(
        '.config.layers',
        `takes ${steps} steps by ${layer.name}; ${MOST_STEPS} is the most that recurrent layers may take`,
      )
    if (!(activations <= MOST_ACTIVATIONS))
      refuse('.config.layers', `makes more than ${MOST_ACTIVATIONS} activations an example`)
  }
  const taken = new Set(placed.flatMap(({ inputs }) => inputs))
  const idle = placed.find((_, index) => index < placed.length - 1 && !taken.has(index))
  if (idle) refuse('.config.layers', `${idle.layer.name} leads nowhere: no layer takes from it`)
  const last = placed.at(-1)!
  if (last.outputShape.length !== 1)
    refuse(
      '.config.layers',
      `must end in one number a class, not in [${last.outputShape}] of ${last.layer.name}`,
    )
  checkInitializers(topology, refuse)
  const parameters = parameterCount(topology)
  if (!(parameters <= MOST_PARAMETERS))
    refuse('.config.layers', `has ${parameters} parameters; ${MOST_PARAMETERS} is the most`)
}

function checkInitializers(topology: Topology, refuse: Refuse): void {
  for (const { name, shape, size, initializer } of variablesOf(topology)) {
    if (typeof initializer === 'string' || initializer.name !== 'orthogonal') continue
    const columns = shape.at(-1)!
    if (size * Math.min(columns, size / columns) > MOST_PRODUCTS)
      refuse('.config.layers', `${name} is too large to start orthogonal: [${shape}]`)
  }
}

/**
 * Whether a layer may take inputs of both shapes: for a concatenation of one but for the last axis, for other merges of one but
 * for axes of length 1, which are repeated.
 */
function fits({ type }: LayerSpec, shape: readonly number[], merged: readonly number[]): boolean {
  if (shape.length !== merged.length) return false
  if (type === 'concatenate') return String(shape.slice(0, -1)) === String(merged.slice(0, -1))
  return shape.every((length, axis) => length === merged[axis] || length === 1)
}

/** Numbers a channel that a layer has, by the names of its options in Keras. */
function checkChannels({ layer, inputShape }: PlacedLayer, refuse: Refuse): void {
  if (layer.type !== 'rescaling' && layer.type !== 'normalization') return
  const channels = inputShape.at(-1)!
  for (const [option, values] of Object.entries(layer)) {
    if (!Array.isArray(values) || option === 'inputs' || [1, channels].includes(values.length)) continue
    refuse(
      '.config.layers',
      `${layer.name} has a list of ${values.length} numbers as ${option}, but takes ${channels} channels`,
    )
  }
}

function place(topology: Topology, refuse: Refuse): PlacedLayer[] {
  try {
    return placeLayers(topology)
  } catch (error) {
    return refuse('.config.layers', (error as Error).message)
  }
}
