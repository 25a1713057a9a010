import { z } from 'zod'

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits')
const Clock = z
  .object({ step: z.int(), l1: z.number().optional(), time: z.number().optional() })
  .describe('Where the optimizer stood; with optimizerState it goes on from there.')

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
    epoch: z.int().min(0).optional().describe('As the spec of a job has it, like sha256 and clock.'),
    sha256: Sha256.optional().describe('The very checkpoint; refused unless the job or model still has it.'),
    clock: Clock.optional(),
  })
  .refine(({ jobId, modelId }) => (jobId === undefined) !== (modelId === undefined), {
    path: ['jobId'],
    error: 'give `jobId` or `modelId`, not both',
  })
  .meta({ id: 'InitRequest' })
export type InitRequest = z.infer<typeof InitRequest>

/** The same with what it stood for when the job was submitted; the file is the new job's own. */
export const Init = InitRequest.safeExtend({
  epoch: z.int(),
  sha256: Sha256,
  clock: Clock,
}).meta({ id: 'Init' })
export type Init = z.infer<typeof Init>
