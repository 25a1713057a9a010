import { scheduleFactor } from '#domain/schedule-spec.ts'
import { isPenalised } from '#domain/threshold.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { Variable } from '#network/variables.ts'
import { adagrad } from './adagrad.ts'
import { adam } from './adam.ts'
import { grda } from './grda.ts'
import type { LearningRate, Optimizer } from './optimizer.ts'
import { rmsprop } from './rmsprop.ts'
import { momentumSgd, sgd } from './sgd.ts'

type Rates = Pick<TrainingSpec, 'optimizer' | 'schedule' | 'epochs' | 'init'>

/** The optimizer that a spec names, for a model of these variables. */
export function optimizerFromSpec(
  spec: Rates,
  variables: readonly Variable[],
  stepsPerEpoch: number,
): Optimizer {
  const { optimizer } = spec
  const learningRate = learningRateFromSpec(spec, stepsPerEpoch)
  switch (optimizer.name) {
    case 'sgd':
      return optimizer.momentum === 0 ? sgd(learningRate) : momentumSgd(optimizer, learningRate)
    case 'adagrad':
      return adagrad(optimizer, learningRate)
    case 'adam':
      return adam(optimizer, learningRate)
    case 'rmsprop':
      return rmsprop(optimizer, learningRate)
    case 'grda': {
      const penalised = variables.filter(variable => isPenalised(variable, optimizer.exclude))
      const names = new Set(penalised.map(({ name }) => name))
      return grda(optimizer, learningRate, name => names.has(name))
    }
  }
}

/** The spec's learning rate under its schedule, which starts anew where the optimizer goes on from another job's count. */
export function learningRateFromSpec(
  { optimizer, schedule, epochs, init }: Rates,
  stepsPerEpoch: number,
): LearningRate {
  const before = init?.optimizerState ? init.clock.step : 0
  return step =>
    optimizer.learningRate * scheduleFactor(schedule, { step: step - before, epochs, stepsPerEpoch })
}
