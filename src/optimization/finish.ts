import { z } from 'zod'
import { Cut } from './cut.ts'
import { OptimizerSpec } from './optimizer-spec.ts'
import { ScheduleSpec } from './schedule-spec.ts'

/** Further epochs in which only the non-zero weights train. */
const FineTune = z
  .strictObject({
    epochs: z.int().min(1).max(100_000),
    optimizer: OptimizerSpec,
    schedule: ScheduleSpec,
  })
  .meta({ id: 'FineTune' })

const FineTuneRequest = FineTune.partial({ optimizer: true, schedule: true }).meta({
  id: 'FineTuneRequest',
})

/** What a job does after its last epoch, in this order: it cuts the weights, trains those that are left, and measures the trade-off. */
export const FinishRequest = z
  .strictObject({
    prune: Cut.optional(),
    fineTune: FineTuneRequest.optional(),
    tradeoff: z
      .boolean()
      .optional()
      .describe(
        'Whether the job measures its accuracy at other sparsities. By default it does if this takes less than 5 % of the training.',
      ),
  })
  .meta({ id: 'FinishRequest' })
export type FinishRequest = z.infer<typeof FinishRequest>

export const Finish = FinishRequest.extend({ fineTune: FineTune.optional(), tradeoff: z.boolean() }).meta({
  id: 'Finish',
})
export type Finish = z.infer<typeof Finish>
