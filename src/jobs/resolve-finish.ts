import type { JobRequest } from '#domain/training-spec.ts'
import { defaultTuning, type Finish, type FinishRequest } from '#optimization/finish.ts'
import type { OptimizerSpec } from '#optimization/optimizer-spec.ts'

/** `finish` with its defaults. */
export function resolveFinish(
  { prune, fineTune, tradeoff }: FinishRequest,
  optimizer: OptimizerSpec,
): Finish {
  const tuning = defaultTuning(optimizer)
  return {
    ...(prune && { prune }),
    ...(fineTune && {
      fineTune: {
        epochs: fineTune.epochs,
        optimizer: fineTune.optimizer ?? tuning.optimizer,
        schedule: fineTune.schedule ?? tuning.schedule,
      },
    }),
    tradeoff: tradeoff ?? false,
  }
}

/** Whether the request leaves out the scale of a threshold, which a target then chooses. */
export function leavesScaleOpen({ optimizer }: Pick<JobRequest, 'optimizer'>): boolean {
  return optimizer?.name === 'grda' && optimizer.c === undefined
}
