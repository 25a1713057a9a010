import { z } from 'zod'

export const CutRule = z
  .enum(['magnitude', 'threshold'])
  .describe(
    '`magnitude` keeps the largest weights unchanged; `threshold` moves the threshold of an optimizer that has one, which changes all weights.',
  )
export type CutRule = z.infer<typeof CutRule>

export const CutScope = z
  .enum(['global', 'layer'])
  .describe(
    '`global` compares the weights of all variables; `layer` sets the same share of each kernel to zero.',
  )
export type CutScope = z.infer<typeof CutScope>

/** Which weights of a trained model become zero. */
const cutFields = {
  sparsity: z.number().min(0).lt(1).optional().describe('Share of zeros among all trainable parameters.'),
  sizeBytes: z.int().positive().optional().describe('Or the largest size of model.sparse.safetensors.'),
}

const ONE_GOAL = { path: ['sparsity'], error: 'give one of `sparsity` and `sizeBytes`' }
const hasOneGoal = ({
  sparsity,
  sizeBytes,
}: {
  sparsity?: number | undefined
  sizeBytes?: number | undefined
}) => (sparsity === undefined) !== (sizeBytes === undefined)

/** How many weights remain, and which. */
export const Cut = z
  .strictObject({ ...cutFields, rule: CutRule.default('magnitude'), scope: CutScope.default('global') })
  .refine(hasOneGoal, ONE_GOAL)
  .refine(({ rule, scope }) => rule === 'magnitude' || scope === 'global', {
    path: ['scope'],
    error: 'must be "global" for the rule "threshold": one threshold applies to all variables',
  })
  .meta({ id: 'Cut' })
export type Cut = z.infer<typeof Cut>

/** The sparsity that a training with a growing threshold ends with: its c is chosen and changed for this. */
export const Target = z.strictObject(cutFields).refine(hasOneGoal, ONE_GOAL).meta({ id: 'Target' })
export type Target = z.infer<typeof Target>
