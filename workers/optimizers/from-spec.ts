import type { TrainingSpec } from '#domain/training-spec.ts'
import { isExcluded } from '#network/excluded-variables.ts'
import type { Network } from '#network/network.ts'
import { type OutputChannels, outputChannelsOf } from '#network/output-channels.ts'
import type { Variable } from '#network/variables.ts'
import type { OptimizerName, OptimizerSpec } from '#optimization/optimizer-spec.ts'
import { scheduleFactor } from '#optimization/schedule-spec.ts'
import { adagrad } from './adagrad.ts'
import { adam } from './adam.ts'
import { adamw } from './adamw.ts'
import { clipByGlobalNorm } from './clip-by-global-norm.ts'
import { chain, transformGradients } from './gradient-transform.ts'
import { grda, grdaExcluding } from './grda.ts'
import { onSupport } from './on-support.ts'
import type { LearningRate, Optimizer } from './optimizer.ts'
import { rmsprop } from './rmsprop.ts'
import { momentumSgd, sgd } from './sgd.ts'

type Rates = Pick<TrainingSpec, 'optimizer' | 'schedule' | 'epochs' | 'init'>

interface Setting {
  learningRate: LearningRate
  /** Returns a function of a variable's name: whether the words of an `exclude` name that variable. */
  excluded(words: readonly string[]): (variable: string) => boolean
  /** Returns the output channels that can vanish as a whole, without the variables that the words name. */
  channels(exclude: readonly string[]): OutputChannels[]
}

type Constructors = {
  [Name in OptimizerName]: (spec: Extract<OptimizerSpec, { name: Name }>, setting: Setting) => Optimizer
}

const CONSTRUCTORS: Constructors = {
  grda(spec, { learningRate, excluded, channels }) {
    const groups = spec.group ? channels(spec.exclude) : []
    return spec.exclude.length + groups.length === 0
      ? grda(spec, learningRate)
      : grdaExcluding(excluded(spec.exclude), spec, learningRate, groups)
  },
  sgd: (spec, { learningRate }) =>
    spec.momentum === 0 ? sgd(learningRate) : momentumSgd(spec, learningRate),
  adagrad: (spec, { learningRate }) => adagrad(spec, learningRate),
  adam: (spec, { learningRate }) => adam(spec, learningRate),
  adamw(spec, { learningRate, excluded }) {
    const isExempt = excluded(spec.exclude)
    return adamw(spec, learningRate, variable => !isExempt(variable))
  },
  rmsprop: (spec, { learningRate }) => rmsprop(spec, learningRate),
}

/** The optimizer that a spec names, for a network. @param spec `mask`: weights that are zero at the start stay zero */
export function optimizerFromSpec(
  spec: Rates & Pick<TrainingSpec, 'mask'>,
  network: Pick<Network, 'placed'> & { variables: readonly Pick<Variable, 'name' | 'kind'>[] },
  stepsPerEpoch: number,
): Optimizer {
  const { optimizer } = spec
  const construct = CONSTRUCTORS[optimizer.name] as (spec: OptimizerSpec, setting: Setting) => Optimizer
  const constructed = construct(optimizer, {
    learningRate: learningRateFromSpec(spec, stepsPerEpoch),
    excluded(words) {
      const names = network.variables.filter(variable => isExcluded(variable, words)).map(({ name }) => name)
      return variable => names.includes(variable)
    },
    channels: exclude => outputChannelsOf(network, exclude),
  })
  const { globalClipNorm } = optimizer
  const transforms = [
    ...(spec.mask ? [onSupport()] : []),
    ...(globalClipNorm === undefined ? [] : [clipByGlobalNorm(globalClipNorm)]),
  ]
  return transforms.length === 0 ? constructed : transformGradients(chain(...transforms), constructed)
}

/**
 * The spec's learning rate under its schedule. In a job that starts from another job's optimizer state, the schedule starts from the
 * beginning.
 */
export function learningRateFromSpec(
  { optimizer, schedule, epochs, init }: Rates,
  stepsPerEpoch: number,
): LearningRate {
  const before = init?.optimizerState ? init.clock.step : 0
  return step =>
    optimizer.learningRate * scheduleFactor(schedule, { step: step - before, epochs, stepsPerEpoch })
}
