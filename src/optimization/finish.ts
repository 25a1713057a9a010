import { z } from 'zod'
import { Cut } from './cut.ts'
import { OptimizerSpec, thresholdOf } from './optimizer-spec.ts'
import { ScheduleSpec } from './schedule-spec.ts'

/** Further epochs in which only the non-zero weights train. */
const FineTune = z
  .strictObject({
    epochs: z.int().min(1).max(100_000),
    optimizer: OptimizerSpec,
    schedule: ScheduleSpec,
  })
  .meta({ id: 'FineTune' })
type FineTune = z.infer<typeof FineTune>

const FineTuneRequest = FineTune.partial({ optimizer: true, schedule: true }).meta({
  id: 'FineTuneRequest',
})

/**
 * How a job fine-tunes if it does not say so: with its own optimizer or, in place of one that prunes, with SGD at half its learning rate and
 * momentum 0.9, which moves weights five times as far; under a cosine to 0. docs/targets.md has the measurements.
 */
export function defaultTuning(optimizer: OptimizerSpec): Pick<FineTune, 'optimizer' | 'schedule'> {
  return {
    optimizer: thresholdOf(optimizer)
      ? { name: 'sgd', learningRate: optimizer.learningRate / 2, momentum: 0.9, nesterov: false }
      : optimizer,
    schedule: { name: 'cosine', floor: 0, per: 'step' },
  }
}

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
