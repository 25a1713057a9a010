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
