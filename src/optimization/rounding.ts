import { z } from 'zod'
import { ValidationScores } from './tradeoff.ts'

/** What was measured with the weights before and after rounding. */
export const MeasuredRounding = z.object({
  examples: z.int().describe('Examples of the validation split that were measured.'),
  of: z.int().describe('Examples of the validation split.'),
  before: ValidationScores.describe('Of the weights in float32.'),
  after: ValidationScores.describe('Of the weights as the file contains them.'),
})
export type MeasuredRounding = z.infer<typeof MeasuredRounding>

/** The loss of precision of a file with rounded weights. */
export const Rounding = z.object({
  maxAbsoluteError: z.number().describe('Largest change of a weight by rounding.'),
  changedZeros: z.int().describe('Non-zero weights that rounding made zero.'),
  maxErrorInScales: z
    .number()
    .optional()
    .describe('Largest change of a weight as a multiple of the scale of its channel; with int8 only.'),
  validation: MeasuredRounding.optional().describe('Present if it was measured, with int8 only.'),
  notMeasured: z
    .string()
    .optional()
    .describe('Why there is no `validation`, such as that the dataset was deleted; with int8 only.'),
})
