import { z } from 'zod'
import { anyInput } from './input-check.ts'
import { defineLayer, keepsNothing, WITHOUT_VARIABLES } from './layer-definition.ts'

export const REGULARIZATION_LAYERS = {
  /**
   * In a training step, sets a share `rate` of the units (with `perExample`, of the examples) to zero, and scales the others by 1 / (1 -
   * rate).
   */
  dropout: defineLayer({
    ...WITHOUT_VARIABLES,
    schema: { rate: z.number().min(0).lt(1), perExample: z.literal(true).exactOptional() },
    inputs: anyInput,
    outputShape: (_, [input]) => input!,
    keptActivations: keepsNothing,
    elements: 'inPlace',
  }),
}
