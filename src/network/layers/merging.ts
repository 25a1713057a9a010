import { broadcastInputs, concatenatedInputs } from './input-check.ts'
import { defineLayer, keepsNothing, keepsOutput, WITHOUT_VARIABLES } from './layer-definition.ts'

/** Inputs have one shape, except that axes of length 1 are repeated to the length of the others. */
const elementwise = defineLayer({
  ...WITHOUT_VARIABLES,
  schema: {},
  inputs: broadcastInputs,
  outputShape: (_, inputs) => inputs[0]!.map((_, axis) => Math.max(...inputs.map(shape => shape[axis]!))),
  keptActivations: keepsOutput,
  elements: 'inPlace',
})

export const MERGING_LAYERS = {
  /** The sum of all inputs. */
  add: { ...elementwise, keptActivations: keepsNothing },
  /** The product of all inputs. */
  multiply: elementwise,
  /** The mean of all inputs. */
  average: elementwise,
  /** All inputs concatenated along the last axis; the other axes must be equal. */
  concatenate: defineLayer({
    ...WITHOUT_VARIABLES,
    schema: {},
    inputs: concatenatedInputs,
    outputShape: (_, inputs) => [
      ...inputs[0]!.slice(0, -1),
      inputs.reduce((sum, shape) => sum + shape.at(-1)!, 0),
    ],
    keptActivations: keepsOutput,
    elements: 'mixed',
  }),
}
