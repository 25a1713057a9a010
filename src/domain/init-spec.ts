import { z } from 'zod'

/** What a client posts as `init`: the weights to start from. */
export const InitRequest = z
  .strictObject({
    jobId: z.string().min(1).max(100).optional().describe('A job of a model with the same variables.'),
    modelId: z.string().min(1).max(100).optional().describe('Or an uploaded model with the same variables.'),
    checkpoint: z
      .union([z.literal('best'), z.int().min(1)])
      .optional()
      .describe('Its best epoch, or the number of one; the last that it completed otherwise.'),
    optimizerState: z
      .boolean()
      .default(false)
      .describe("Whether the optimizer's slots, its count of steps and the threshold come along."),
  })
  .refine(({ jobId, modelId }) => (jobId === undefined) !== (modelId === undefined), {
    path: ['jobId'],
    error: 'give it or modelId, and not both',
  })
  .meta({ id: 'InitRequest' })
export type InitRequest = z.infer<typeof InitRequest>

/** The same with what it stood for when the job was submitted; the file is the new job's own. */
export const Init = InitRequest.safeExtend({
  epoch: z.int(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  clock: z
    .object({ step: z.int(), l1: z.number().optional(), time: z.number().optional() })
    .describe('Where the optimizer stood; with optimizerState it goes on from there.'),
}).meta({ id: 'Init' })
export type Init = z.infer<typeof Init>
