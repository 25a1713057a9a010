import { z } from 'zod'
import { Cut } from '#optimization/cut.ts'
import { isVersion } from './model-reference.ts'

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits')
const Clock = z
  .object({ step: z.int(), l1: z.number().optional(), time: z.number().optional() })
  .describe('The clock of the optimizer at the checkpoint; with `optimizerState` it continues from there.')

/** `init` in a request: the weights to start from. */
export const InitRequest = z
  .strictObject({
    jobId: z.string().min(1).max(100).optional().describe('A job whose model has the same variables.'),
    modelId: z
      .string()
      .min(1)
      .max(120)
      .optional()
      .describe(
        'Or an uploaded or registered model that has the same variables. A name without a version is its newest version; the spec of the job has the version.',
      ),
    checkpoint: z
      .union([z.literal('best'), z.int().min(1)])
      .optional()
      .describe(
        '`best`, or the number of an epoch; the model of the job by default: its last completed epoch, or its best one with `earlyStopping`.',
      ),
    optimizerState: z
      .boolean()
      .default(false)
      .describe(
        'Whether to continue with the state of the optimizer: its slots, its step count and its threshold.',
      ),
    prune: Cut.optional().describe('A cut of these weights, from which the job starts.'),
    epoch: z.int().min(0).optional().describe('As in the spec of a job, like `sha256` and `clock`.'),
    sha256: Sha256.optional().describe(
      'The digest of the checkpoint; refused unless the job or model still has this checkpoint.',
    ),
    clock: Clock.optional(),
  })
  .refine(({ jobId, modelId }) => (jobId === undefined) !== (modelId === undefined), {
    path: ['jobId'],
    error: 'give `jobId` or `modelId`, not both',
  })
  .meta({ id: 'InitRequest' })
export type InitRequest = z.infer<typeof InitRequest>

/** `init` in the spec of a job, with the checkpoint that it selected at submission. The job has its own copy of the file. */
export const Init = InitRequest.safeExtend({
  epoch: z.int(),
  sha256: Sha256,
  clock: Clock,
}).meta({ id: 'Init' })
export type Init = z.infer<typeof Init>

/** Whether the weights are those of an upload. Its checkpoint has no spec, and a state of the optimizer without the weights. */
export function startsFromUpload({ modelId }: Pick<InitRequest, 'modelId'>): boolean {
  return modelId !== undefined && !isVersion(modelId)
}
