import type { JobRequest } from '#domain/training-spec.ts'
import type { Finish, FinishRequest } from '#optimization/finish.ts'
import { type OptimizerSpec, thresholdOf } from '#optimization/optimizer-spec.ts'

/**
 * `finish` with its defaults: fine-tuning continues with the optimizer of the job, or with SGD in place of one that prunes, under a cosine.
 */
export function resolveFinish(
  { prune, fineTune, tradeoff }: FinishRequest,
  optimizer: OptimizerSpec,
): Finish {
  return {
    ...(prune && { prune }),
    ...(fineTune && {
      fineTune: {
        epochs: fineTune.epochs,
        optimizer: fineTune.optimizer ?? tuningOptimizer(optimizer),
        schedule: fineTune.schedule ?? { name: 'cosine', floor: 0, per: 'step' },
      },
    }),
    tradeoff: tradeoff ?? false,
  }
}

function tuningOptimizer(optimizer: OptimizerSpec): OptimizerSpec {
  if (!thresholdOf(optimizer)) return optimizer
  return { name: 'sgd', learningRate: optimizer.learningRate, momentum: 0.9, nesterov: true }
}

/** Whether the request leaves out the scale of a threshold, which a target then chooses. */
export function leavesScaleOpen({ optimizer }: Pick<JobRequest, 'optimizer'>): boolean {
  return optimizer?.name === 'grda' && optimizer.c === undefined
}
