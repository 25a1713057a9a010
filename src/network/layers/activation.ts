import { z } from 'zod'
import { anyInput } from './input-check.ts'
import { defineLayer, keepsNothing, keepsOutput, WITHOUT_VARIABLES } from './layer-definition.ts'
import { activation } from './options.ts'

const shared = { ...WITHOUT_VARIABLES, inputs: anyInput, elements: 'inPlace' } as const

export const ACTIVATION_LAYERS = {
  activation: defineLayer({
    ...shared,
    schema: { activation },
    outputShape: (_, [input]) => input!,
    keptActivations: keepsNothing,
  }),
  /** x where x is positive, `slope` x elsewhere. */
  leakyRelu: defineLayer({
    ...shared,
    schema: { slope: z.number().min(0).max(1000) },
    outputShape: (_, [input]) => input!,
    keptActivations: keepsOutput,
  }),
}
