import type { AdamwSpec } from '#optimization/optimizer-spec.ts'
import { type AdamOptions, scaleByAdam } from './adam.ts'
import { addDecayedWeights } from './add-decayed-weights.ts'
import { chain, masked, optimizerOf } from './gradient-transform.ts'
import type { LearningRate, Optimizer } from './optimizer.ts'

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019, algorithm 2) as in Keras: w <- w - lr weightDecay w, with the
 * learning rate of the schedule and no bias correction.
 */
export function adamw(
  { weightDecay, ...options }: AdamOptions & Pick<AdamwSpec, 'weightDecay'>,
  learningRate: LearningRate,
  isDecayed: (variable: string) => boolean = () => true,
): Optimizer {
  const decay = addDecayedWeights(weightDecay, learningRate)
  return optimizerOf(chain(scaleByAdam(options, learningRate), masked(decay, isDecayed)))
}
