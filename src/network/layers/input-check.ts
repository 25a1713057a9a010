import type { Shape } from '#network/shape.ts'

/** The inputs of a layer. */
export interface LayerInputs {
  /** One for each input. */
  shapes: readonly Shape[]
  outputShape: Shape
  /** Whether its first input is the network's. */
  isFirst: boolean
}

/** Explains why a layer does not accept its inputs, as the part of a sentence after its name; undefined if it accepts them. */
export type InputCheck = (inputs: LayerInputs) => string | undefined

const oneInput =
  (expected: string, isFit: (shape: Shape) => boolean): InputCheck =>
  ({ shapes }) => {
    const [shape] = shapes as [Shape]
    if (!isFit(shape)) return `takes ${expected}, not [${shape}]`
    return shapes.length > 1 ? `takes one input, not ${shapes.length}` : undefined
  }

export const anyInput = oneInput('anything', () => true)
export const vectorInput = oneInput('vectors', ({ length }) => length === 1)
export const sequenceInput = oneInput('sequences', ({ length }) => length === 2)
export const imageInput = oneInput('images', ({ length }) => length === 3)
export const timeInput = oneInput('sequences [time, features]', ({ length }) => length === 2)
/** A vector, or a sequence whose steps are taken one by one. */
export const featureInput = oneInput('vectors (flatten first) or sequences', ({ length }) => length <= 2)

/** Embeddings must take the network's input. */
export const tokenInput: InputCheck = inputs =>
  inputs.isFirst && inputs.shapes[0]!.length === 1
    ? anyInput(inputs)
    : 'must be the first layer, over tokens [time]'

/** Several inputs of the same rank as the output. */
const severalInputs =
  (isFit: (shape: Shape, output: Shape) => boolean): InputCheck =>
  ({ shapes, outputShape }) => {
    const fits = shapes.every(shape => shape.length === outputShape.length && isFit(shape, outputShape))
    return fits ? undefined : 'takes inputs of different shapes'
  }

/** Inputs of one shape; an axis of length 1 is repeated. */
export const broadcastInputs = severalInputs((shape, output) =>
  shape.every((length, axis) => length === output[axis] || length === 1),
)
/** Inputs of one shape except for the last axis. */
export const concatenatedInputs = severalInputs(
  (shape, output) => String(shape.slice(0, -1)) === String(output.slice(0, -1)),
)
